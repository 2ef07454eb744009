"""Record the adapter's helpers before any test module imports them."""

from __future__ import annotations

import devflow.engine
import devflow.engine.python
from devflow.engine import _git
from engine.halves import half_of
from engine.recorder import record

record(devflow.engine, _git, half_of(devflow.engine))
record(devflow.engine.python, half_of(devflow.engine.python))
