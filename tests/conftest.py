from __future__ import annotations

import pytest

from harness import programs


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", programs.MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    programs.require(item)
