"""The second leg of an import: costs and payments of the ERP on their way into the project tool."""
