"""What is measured of `export-all-resolves`, against a trivial goal (the floor) and against stock `export`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from results import Row, compare
from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository
from uv_peer import Uv

_EXAMPLE, _OWN = "examples/monorepo/3rdparty", "3rdparty/python"
# From this project's own lockfiles; the first has some 80 projects.
REALISTIC = (
    Resolve("python-default", f"{_EXAMPLE}/python-default.lock", "3.11"),
    Resolve("pants-plugins", f"{_OWN}/pants-plugins.lock", "3.9"),
    Resolve("pytest", f"{_OWN}/pytest.lock", "3.9"),
    Resolve("mypy", f"{_OWN}/mypy.lock", "3.9"),
    Resolve("towncrier", f"{_EXAMPLE}/towncrier.lock", "3.11"),
    Resolve("black", f"{_EXAMPLE}/black.lock", "3.11"),
    Resolve("coverage-py", f"{_EXAMPLE}/coverage-py.lock", "3.11"),
    Resolve("ruff", f"{_OWN}/ruff.lock", "3.9"),
    Resolve("shellcheck", f"{_OWN}/shellcheck.lock", "3.9"),
)
CHANGED = 2  # pytest: small, but not tiny
_SMALL = (
    Resolve("ruff", f"{_OWN}/ruff.lock", "3.9"),
    Resolve("shellcheck", f"{_OWN}/shellcheck.lock", "3.9"),
    Resolve("towncrier", f"{_EXAMPLE}/towncrier.lock", "3.11"),
)
MANY = tuple(
    Resolve(f"resolve-{number:02}", small.lockfile, small.python)
    for number, small in ((number, _SMALL[number % len(_SMALL)]) for number in range(50))
)
_GOAL = ("export-all-resolves", "--format=json")
_FORCE = "--export-all-resolves-force"
# The cheapest goal that goes through the whole of Pants: of `list`, `roots` and `filedeps`, it takes the least time.
_FLOOR = ("list", "//:configuration")
_NOT_ASSEMBLED = "was installed as a whole"
_WARM_UPS = 3


def floor(repository: ScratchRepository, *options: str) -> Run:
    """Run the trivial goal."""
    return repository.run(*options, *_FLOOR)


def stock(repository: ScratchRepository, *options: str) -> Run:
    """Run Pants' own `export`, for each resolve."""
    return repository.run(*options, "export", *(f"--resolve={resolve.name}" for resolve in repository.resolves))


def ours(repository: ScratchRepository, *options: str, exports: Sequence[str]) -> Run:
    """Run the goal. Raises: BenchmarkError unless it exports just these resolves, and assembles each."""
    run = repository.run(*options, *_GOAL)
    exported = [result["resolve"] for result in json.loads(run.stdout)["results"] if result["action"] == "exported"]
    if sorted(exported) != sorted(exports):
        raise BenchmarkError(f"exported {exported} instead of {sorted(exports)}")
    if _NOT_ASSEMBLED in run.stderr:
        raise BenchmarkError(run.stderr)
    return run


def index_settings(index: str) -> Mapping[str, str]:
    """The environment variables by which Pants, pex and pip use this index only."""
    return {"PANTS_PYTHON_REPOS_INDEXES": json.dumps([index])}


def rebuilt_cases(repository: ScratchRepository, uv: Uv | None, *, runs: int, slow_runs: int) -> Iterator[Row]:
    """Nothing changed, and everything rebuilt; each side in turn.

    What ours rebuilds over its own exports is linked, and over those of stock, copied.
    """
    names = _names(repository)
    stock(repository)  # fills the caches: it builds what exports that are assembled do without
    stock_rebuilds, copied, linked = [], [], []
    for _ in range(slow_runs):
        stock_rebuilds.append(stock(repository))
        copied.append(ours(repository, _FORCE, exports=names))
        linked.append(ours(repository, _FORCE, exports=names))
    for _ in range(_WARM_UPS):
        floor(repository)
        ours(repository, exports=[])
    pairs = [(floor(repository), ours(repository, exports=[])) for _ in range(runs)]
    floors = [pair[0] for pair in pairs]
    nothing = [pair[1] for pair in pairs]
    yield compare("nothing changed", nothing, "the floor", floors, at_most=1.1)
    yield compare("nothing changed", nothing, "stock", stock_rebuilds, at_most=1 / 20)
    installs = [uv.install(repository.resolves) for _ in range(slow_runs)] if uv else []
    for case, rebuilds in (("everything rebuilt from cache", linked), ("the same over exports of stock", copied)):
        yield compare(case, rebuilds, "stock", stock_rebuilds, at_most=0.1)
        if uv:
            yield compare(case, rebuilds, uv.version, installs, at_most=3.0)


def changed_cases(repository: ScratchRepository, uv: Uv | None, *, runs: int, slow_runs: int) -> Iterator[Row]:
    """One lockfile changed, by one pin and by two, and back; each side in turn."""
    floors = [floor(repository) for _ in range(slow_runs)]
    changed = []
    for _ in range(slow_runs):
        changed.append(ours(repository, exports=repository.change_lockfile(repository.resolves[CHANGED])))
    yield compare("one lockfile changed: that resolve only", changed, "the floor", floors)

    large = repository.resolves[0]
    moved: list[Run] = []
    back: list[Run] = []
    peers: list[Run] = []
    for _ in range(slow_runs):
        with repository.changed_lockfile(large, pins=2) as changed_names:
            moved.append(ours(repository, exports=changed_names))
        back.append(ours(repository, exports=changed_names))
        if uv:
            peers.append(uv.install([large]))
    case = f"two pins of {large.name} changed"
    yield compare(case, moved, "the floor", floors)
    if uv:
        yield compare(case, moved, uv.version, peers, at_most=2.0)
        yield compare("the same two changed back", back, uv.version, peers, at_most=2.0)


def daemonless_case(repository: ScratchRepository, uv: Uv | None, *, runs: int, slow_runs: int) -> Iterator[Row]:
    """Nothing changed, and no daemon runs."""
    repository.stop()
    pairs = [
        (floor(repository, "--no-pantsd"), ours(repository, "--no-pantsd", exports=[])) for _ in range(slow_runs + 1)
    ]
    floors = [pair[0] for pair in pairs]
    yield compare("nothing changed, no daemon", [pair[1] for pair in pairs], "the floor", floors)


def cold_case(repository: ScratchRepository, uv: Uv | None, *, runs: int, slow_runs: int) -> Iterator[Row]:
    """All caches are empty but that of wheels."""
    yield _cold(repository, "cold store, wheels cached", slow_runs, at_most=0.25)


def all_cold_case(repository: ScratchRepository, uv: Uv | None, *, runs: int, slow_runs: int) -> Iterator[Row]:
    """All caches are empty: wheels come from the local index."""
    yield _cold(repository, "everything cold", slow_runs, at_most=0.4, wheels_too=True)


def _cold(repository: ScratchRepository, case: str, slow_runs: int, *, at_most: float, wheels_too: bool = False) -> Row:
    colds: list[Run] = []
    stock_colds: list[Run] = []
    for _ in range(slow_runs):
        _forget(repository, wheels_too=wheels_too)
        stock_colds.append(stock(repository))
        _forget(repository, wheels_too=wheels_too)
        colds.append(ours(repository, _FORCE, exports=_names(repository)))
    return compare(case, colds, "stock", stock_colds, at_most=at_most)


def _forget(repository: ScratchRepository, *, wheels_too: bool) -> None:
    """Make the caches cold, but start the daemon: that takes the same time for both sides."""
    repository.forget(wheels_too=wheels_too)
    floor(repository)


def _names(repository: ScratchRepository) -> list[str]:
    return [resolve.name for resolve in repository.resolves]


# In this order: the cold ones last, because they empty the caches.
TIME_CASES = {
    "rebuilt": rebuilt_cases,
    "changed": changed_cases,
    "no-daemon": daemonless_case,
    "cold": cold_case,
    "all-cold": all_cold_case,
}


def time_cases(
    repository: ScratchRepository, only: Collection[str], uv: Uv | None, *, runs: int, slow_runs: int
) -> Iterator[Row]:
    """These cases about time, with what they begin with."""
    ours(repository, _FORCE, exports=_names(repository))
    if uv:
        uv.install(repository.resolves)  # fills its cache
    for name, case in TIME_CASES.items():
        if name in only:
            yield from case(repository, uv, runs=runs, slow_runs=slow_runs)


def memory_case(repository: ScratchRepository, *, runs: int) -> Iterator[Row]:
    """Two daemons, one after the other: one exports all, some again, then nothing; the other has the floor only.

    Nothing where the system does not tell.
    """
    names = [resolve.name for resolve in repository.resolves]
    floor(repository)
    ours(repository, exports=names)
    ours(repository, exports=repository.change_lockfile(repository.resolves[0]))
    for _ in range(runs):
        ours(repository, exports=[])
    with_goal = repository.daemon.memory()

    repository.stop()
    for _ in range(runs):
        floor(repository)
    without = repository.daemon.memory()
    if with_goal and without:
        of = f"memory of the daemon, {len(names)} resolves"
        yield Row(f"peak {of}", "MiB", [with_goal.peak_mib], "the floor", [without.peak_mib], at_most=50)
        yield Row(f"lasting {of}", "MiB", [with_goal.now_mib], "the floor", [without.now_mib], at_most=50)
