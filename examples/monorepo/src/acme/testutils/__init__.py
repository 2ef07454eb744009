"""Helpers for tests. Not shipped."""
