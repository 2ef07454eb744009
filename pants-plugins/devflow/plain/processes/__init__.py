"""The processes of this machine: all of them, and those that run Pants."""
