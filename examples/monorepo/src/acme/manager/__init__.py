"""Accepts jobs and hands them to agents."""

from pathlib import Path

__version__ = (Path(__file__).parent / "VERSION").read_text().strip()
