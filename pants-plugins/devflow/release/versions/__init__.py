"""Versions: how they are written and raised, the file they are in, and the templates that name them."""
