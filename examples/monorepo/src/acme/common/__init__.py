"""Types, configuration and queues that all components share."""

from pathlib import Path

__version__ = (Path(__file__).parent / "VERSION").read_text().strip()
