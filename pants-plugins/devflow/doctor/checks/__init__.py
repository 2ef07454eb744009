"""The checks, one family a file; `registry.py` has all of them, in the order of the report."""
