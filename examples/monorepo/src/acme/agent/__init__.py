"""Runs jobs on one machine."""

from pathlib import Path

__version__ = (Path(__file__).parent / "VERSION").read_text().strip()
