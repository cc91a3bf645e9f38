"""PostgreSQL and Valkey started by ourselves, for the demo and the tests.

Imported by the command line and by tests, by nothing else of the hub.
"""
