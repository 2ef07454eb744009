"""The way of every removal, of any goal: `guard.py` decides, `trees.py` removes."""
