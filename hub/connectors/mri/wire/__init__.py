"""How MRI is spoken to: its one entry point, both of its forms, and what a site calls things."""
