from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from devflow.common.removal.inode import Identity
from devflow.plain.processes.pants_processes import find_pants_processes
from devflow.reset_cache.facts import (
    DAEMON,
    EXECUTION,
    NAMED_CACHES,
    STORE,
    WORKDIR,
    Claim,
    FoundLocation,
    Location,
    Situation,
    Target,
)
from devflow.reset_cache.plan import ResetPlan, plan_reset
from devflow.reset_cache.selection.request import ResetRequest
from reset_cache.fakes import FakeSource, daemon, databases, run

ROOT = "/repo"
CACHE = "/users/me/.cache/pants/lmdb_store"
EVERYTHING = (DAEMON, EXECUTION, STORE, NAMED_CACHES, WORKDIR)
STRANGER = os.getuid() + 1


def found(scope: str, *changed_s: float, claim: Claim = Claim.NOTHING) -> FoundLocation:
    location = Location(scope, f"/{scope}", "[GLOBAL].x", claim=claim)
    identity = Identity(1, 1)
    targets = tuple(Target(f"/{scope}/{number}", identity, when) for number, when in enumerate(changed_s))
    return FoundLocation(location, exists=True, targets=targets)


def situation(source: FakeSource, *, in_daemon: bool = False) -> Situation:
    return Situation(ROOT, CACHE, find_pants_processes(source), in_daemon)


def plan(source: FakeSource, *scopes: str, force: bool = False, in_daemon: bool = False) -> ResetPlan:
    request = ResetRequest((DAEMON, *scopes), force=force)
    return plan_reset(request, [found(scope, 1.0) for scope in scopes], situation(source, in_daemon=in_daemon))


def whats(plan: ResetPlan) -> list[str]:
    return [problem.what for problem in plan.refusals]


def test_an_idle_daemon_of_ours_on_the_same_store_is_stopped() -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(CACHE)})
    made = plan(source, STORE)
    assert [one.process.pid for one in made.stops] == [11]
    assert made.refusals == ()


@pytest.mark.parametrize("scope", [EXECUTION, STORE, NAMED_CACHES])
def test_a_busy_daemon_on_the_same_store_makes_it_refuse(scope: str) -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(CACHE)}, busy={11: 1})
    made = plan(source, scope)
    assert whats(made) == ["the daemon of /other (process 11) is at work."]
    assert "--force" in made.refusals[0].fix
    assert made.stops == ()


def test_force_stops_a_busy_daemon_and_names_it() -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(CACHE)}, busy={11: 1})
    made = plan(source, STORE, force=True)
    assert made.refusals == ()
    assert made.warnings == ("the daemon of /other (process 11) is at work.",)
    assert [one.process.pid for one in made.stops] == [11]


def test_a_run_without_a_daemon_is_waited_for_and_never_stopped() -> None:
    source = FakeSource([run(11, "/other")], files={11: databases(CACHE)})
    assert whats(plan(source, STORE)) == ["process 11 in /other (python -m pants test ::) is at work."]
    forced = plan(source, STORE, force=True)
    assert forced.stops == ()
    assert forced.warnings == ("process 11 in /other (python -m pants test ::) is at work.",)


def test_what_another_user_runs_is_never_stopped() -> None:
    source = FakeSource([daemon(11, "/other", user_id=STRANGER)], files={11: databases(CACHE)})
    assert whats(plan(source, STORE)) == [f"the daemon of /other (process 11) of user {STRANGER} is at work."]
    assert plan(source, STORE, force=True).stops == ()


def test_a_daemon_on_another_store_is_nobodys_business() -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases("/elsewhere")}, busy={11: 1})
    made = plan(source, STORE, NAMED_CACHES, WORKDIR)
    assert not made.refusals
    assert not made.stops


def test_a_reset_of_what_others_do_not_share_leaves_them_alone() -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(CACHE)}, busy={11: 1})
    made = plan(source, WORKDIR)
    assert not made.refusals
    assert not made.stops


def test_the_daemon_of_this_repository_ends_whatever_store_it_has() -> None:
    idle = plan(FakeSource([daemon(11, ROOT)]))
    assert [one.process.pid for one in idle.stops] == [11]
    assert idle.ends_daemon
    busy = plan(FakeSource([daemon(11, ROOT)], busy={11: 1}))
    assert whats(busy) == ["the daemon of /repo (process 11) is at work."]


def test_a_run_in_this_repository_is_in_the_way_of_its_workdir() -> None:
    source = FakeSource([run(11, f"{ROOT}/src")], files={11: databases("/elsewhere")})
    assert len(plan(source, WORKDIR).refusals) == 1
    assert plan(source).refusals == ()  # Only the daemon ends, and it is none.


def test_the_daemon_that_runs_this_ends_by_itself() -> None:
    made = plan(FakeSource([daemon(os.getpid(), ROOT)], busy={os.getpid(): 1}), STORE, in_daemon=True)
    assert made.ends_daemon
    assert not made.stops
    assert not made.refusals


def test_a_command_that_waits_for_this_daemon_is_in_the_way_only_of_a_removal() -> None:
    source = FakeSource([daemon(os.getpid(), ROOT)], busy={os.getpid(): 2})
    assert whats(plan(source, STORE, in_daemon=True)) == ["Another command waits for this daemon."]
    assert plan(source, in_daemon=True).refusals == ()


def test_what_runs_out_of_the_named_caches_is_in_their_way() -> None:
    there = replace(situation(FakeSource()), from_caches=(run(11, "/caches/pex_root"),))
    made = plan_reset(ResetRequest((DAEMON, NAMED_CACHES)), [found(NAMED_CACHES, 1.0)], there)
    assert whats(made) == ["Process 11 (python -m pants test ::) runs from the named caches."]
    assert plan_reset(ResetRequest((DAEMON, STORE)), [found(STORE, 1.0)], there).refusals == ()


def test_a_python_that_cannot_look_at_processes_refuses() -> None:
    blind = Situation(ROOT, CACHE, None)
    made = plan_reset(ResetRequest((DAEMON, STORE)), [found(STORE, 1.0)], blind)
    assert "cannot read processes" in made.refusals[0].what
    assert plan_reset(ResetRequest((DAEMON, STORE), force=True), [found(STORE, 1.0)], blind).refusals == ()


def test_sandboxes_that_may_be_of_somebody_who_goes_on_stay() -> None:
    source = FakeSource([daemon(11, "/other", started_s=1000.0)], files={11: databases("/elsewhere")})
    sandboxes = found(EXECUTION, 900.0, 999.0, 1500.0, claim=Claim.NEWER)
    made = plan_reset(ResetRequest(EVERYTHING), [sandboxes], situation(source))
    assert [removal.target.path for removal in made.removals] == ["/execution/0"]
    assert [(kept.path, kept.reason) for kept in made.kept] == [
        ("/execution/1", "may belong to the daemon of /other (process 11)"),
        ("/execution/2", "may belong to the daemon of /other (process 11)"),
    ]
    forced = plan_reset(ResetRequest(EVERYTHING, force=True), [sandboxes], situation(source))
    assert len(forced.removals) == 3


def test_sandboxes_of_those_that_are_stopped_go() -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(CACHE)})
    made = plan_reset(ResetRequest(EVERYTHING), [found(EXECUTION, 1500.0, claim=Claim.NEWER)], situation(source))
    assert len(made.removals) == 1


def test_installed_versions_stay_while_any_other_pants_may_run_from_them() -> None:
    source = FakeSource([daemon(11, "/other")], files={11: databases(CACHE)})
    made = plan_reset(ResetRequest((DAEMON, "launcher")), [found("launcher", 1.0, claim=Claim.ALL)], situation(source))
    assert made.removals == ()
    assert len(made.kept) == 1


def test_nothing_to_do() -> None:
    empty = FoundLocation(Location(STORE, "/s", "x"), exists=False)
    made = plan_reset(ResetRequest((DAEMON, STORE)), [empty], situation(FakeSource()))
    assert made.changes_nothing


def test_a_missing_execution_directory_is_made() -> None:
    missing = FoundLocation(Location(EXECUTION, "/x", "x", recreate=True), exists=False)
    made = plan_reset(ResetRequest((DAEMON, EXECUTION)), [missing], situation(FakeSource()))
    assert made.makes == ("/x",)
    assert not made.changes_nothing


def test_the_planner_imports_no_module_that_does_io() -> None:
    code = "import sys, devflow.reset_cache.plan; print(*sorted(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    imported = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    prefix = "devflow.reset_cache."
    assert [name[len(prefix) :] for name in imported.stdout.split() if name.startswith(prefix)] == [
        "facts",
        "plan",
        "selection",
        "selection.prune",
        "selection.request",
    ]
