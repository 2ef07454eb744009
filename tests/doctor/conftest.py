from __future__ import annotations

import os
from pathlib import Path

import pytest
from doctor.broken import Clone, healthy_clone


@pytest.fixture()
def clone(tmp_path: Path) -> Clone:
    return healthy_clone(Path(os.path.realpath(tmp_path)))
