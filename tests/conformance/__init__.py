"""One suite for all connectors: what each must do against its system, whatever that system answers."""
