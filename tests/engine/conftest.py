"""Record the engine's helpers before any test module imports them."""

from __future__ import annotations

from engine.recorder import record

record()
