"""What only budgets have: a standing in the ERP that later sends are measured by, and lines that an ERP gives back."""
