"""Each helper is executed by some test: what the other modules claim, and their tests prove, covers them all."""

from __future__ import annotations

import pytest

import devflow.engine
import devflow.engine.python
from devflow.engine import _git
from engine import test_files, test_processes, test_python, test_session, test_targets
from engine.halves import half_of
from engine.recorder import claimed, helpers_of


def test_core() -> None:
    claims = [claimed(module.__name__) for module in (test_files, test_processes, test_session, test_targets)]
    assert set.union(*claims) == helpers_of(_git, half_of(devflow.engine))


def test_python_backend() -> None:
    assert claimed(test_python.__name__) == helpers_of(half_of(devflow.engine.python))


@pytest.mark.parametrize("helper", ["digest_of", "no_such_helper"])
def test_a_claim_that_is_not_true_fails(helper: str) -> None:
    from engine.recorder import executes

    @executes(helper)
    def idle() -> None:
        pass

    with pytest.raises(AssertionError, match=helper):
        idle()
