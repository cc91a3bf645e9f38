"""What a person may ask, one file each. An action decides under the rows' lock, writes and asks for jobs; it never waits for the ERP."""
