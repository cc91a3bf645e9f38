"""Queries compiled: a document of planned fields becomes one SQL statement whose JSON is the answer."""
