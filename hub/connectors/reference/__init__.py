"""The reference ERP: the connector that authors of others copy. Imported by `hub.connectors` alone."""
