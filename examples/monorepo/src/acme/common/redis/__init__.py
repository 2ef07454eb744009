"""Queues and locks kept in Redis."""
