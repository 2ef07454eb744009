from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from harness import programs

# Nothing fails for want of time: a machine may be as busy as it likes.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", programs.MARKER)
    settings.load_profile("busy")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    programs.require(item)
