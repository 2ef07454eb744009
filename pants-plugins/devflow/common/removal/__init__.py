"""What every removal goes through, whoever asks for it: `guard.py` decides, `trees.py` removes."""
