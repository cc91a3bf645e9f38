"""A contractor's year through both systems, balanced to the cent on all three sides."""
