"""Reads migration scripts without running them.

Runs in a process of the engine, by the interpreter of the resolve that owns the scripts, which may be Python 3.8 or
newer. So these modules import the standard library, `devflow.common.errors`, each other, and in one place alembic.
"""
