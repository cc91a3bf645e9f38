"""What connectors are made of: the port, mappings, paging, canonical payloads, origin ids. Knows no ERP."""
