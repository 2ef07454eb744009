"""The processes of this machine: all of them, those that run Pants, and how a daemon is stopped."""
