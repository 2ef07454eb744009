"""Trees: how much is in one, and how it is removed."""
