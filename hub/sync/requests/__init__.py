"""What people ask of the ERP in the project tool: learnt by webhook or by polling, acted on once, and answered there."""
