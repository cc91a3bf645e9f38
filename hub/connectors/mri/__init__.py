"""MRI Platform X's web services: the ledger side of the hub. Imported by `hub.connectors` alone."""
