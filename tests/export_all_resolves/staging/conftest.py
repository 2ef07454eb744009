from __future__ import annotations

from harness.bundled_pip import make_pip_importable

make_pip_importable()
