import pytest
from pydantic import ValidationError

from acme.common.types import JobSpec, JobState, Slots


def test_slots_fit() -> None:
    free = Slots(cpu_millis=4000, memory_bytes=100)
    assert Slots(cpu_millis=4000, memory_bytes=100).fits_in(free)
    assert not Slots(cpu_millis=4001, memory_bytes=1).fits_in(free)
    assert not Slots(cpu_millis=1, memory_bytes=101).fits_in(free)


def test_slots_arithmetic_never_goes_below_nothing() -> None:
    some = Slots(cpu_millis=500, memory_bytes=10)
    assert (some + some) - some == some
    assert some - Slots(cpu_millis=900, memory_bytes=4) == Slots(cpu_millis=0, memory_bytes=6)


@pytest.mark.parametrize("state", JobState)
def test_only_live_jobs_are_not_final(state: JobState) -> None:
    assert state.is_final == (state not in (JobState.PENDING, JobState.RUNNING))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"command": []},
        {"environment": {"NOT A NAME": "x"}},
        {"priority": 101},
        {"timeout_s": 0},
        {"image": "unknown field"},
    ],
)
def test_job_spec_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        JobSpec.model_validate({"name": "job", "command": ["true"], **wrong})
