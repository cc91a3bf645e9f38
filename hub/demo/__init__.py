"""The demonstration: everything on one machine, and the main job played through the public API."""
