"""Procore's REST API: the project side of the hub. Imported by `hub.connectors` alone."""
