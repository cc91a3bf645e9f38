"""Reading MRI: which lists there are, and how the rows of each become records."""
