"""How what other ERPs than the first have comes into the project tool: sub jobs and prime contracts."""
