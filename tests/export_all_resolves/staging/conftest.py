from __future__ import annotations

import ensurepip
import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("pip") is None:  # the one that a virtualenv of this interpreter begins with
    [_WHEEL] = Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")
    sys.path.append(str(_WHEEL))
