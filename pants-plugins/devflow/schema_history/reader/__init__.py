"""Reads migration scripts without running them.

Runs inside an engine process, by the interpreter of the resolve that owns the scripts, which may be Python 3.8 or
newer. So these modules import the standard library, alembic in one place, and each other, and nothing else.
"""
