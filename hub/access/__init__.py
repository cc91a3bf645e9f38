"""Who may do what: identity, the one file of permission rules, the explanation of decisions, and sealed credentials."""
