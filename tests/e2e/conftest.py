from __future__ import annotations

import pytest

from e2e.warm_caches import warm_caches
from harness.world import Caches


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    """Shared by the tests of a module, with the wheels and environments that most of them need."""
    return warm_caches(tmp_path_factory.mktemp("caches"))
