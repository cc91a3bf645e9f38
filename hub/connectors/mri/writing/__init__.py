"""Writing to MRI: what each document is made of, what keeps it from being sent, and how it is found again."""
