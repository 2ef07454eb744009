from __future__ import annotations

import pytest

from harness.world import Caches


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    """Shared, so that each wheel is fetched once."""
    return Caches(tmp_path_factory.mktemp("caches"))
