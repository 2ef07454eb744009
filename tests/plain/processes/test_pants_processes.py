from __future__ import annotations

import os

from devflow.plain.processes.pants_processes import find_pants_processes, runs_in_daemon
from reset_cache.fakes import FakeSource, daemon, databases, run

STORE = "/users/me/.cache/pants/lmdb_store"


def test_a_daemon_is_known_by_its_title_and_its_directory() -> None:
    impostor = daemon(12, "/repo")
    elsewhere = run(13, "/somewhere")
    source = FakeSource(
        [daemon(11, "/repo"), elsewhere, impostor.__class__(**{**vars(impostor), "directory": "/other"})]
    )
    [one] = find_pants_processes(source).others
    assert (one.process.pid, one.build_root, one.busy, one.stores) == (11, "/repo", False, frozenset())


def test_a_daemon_is_busy_while_a_client_is_connected() -> None:
    source = FakeSource([daemon(11, "/repo")], busy={11: 1})
    [one] = find_pants_processes(source).others
    assert one.busy
    assert str(one) == "the daemon of /repo (process 11)"


def test_a_run_without_a_daemon_is_known_by_the_databases_that_it_has_open() -> None:
    source = FakeSource([run(11, "/repo"), run(12, "/repo")], files={11: databases(STORE)})
    [one] = find_pants_processes(source).others
    assert (one.process.pid, one.is_daemon, one.busy, one.stores) == (11, False, True, frozenset({STORE}))
    assert str(one) == "process 11 in /repo (python -m pants test ::)"


def test_what_a_run_has_started_counts_as_the_run() -> None:
    source = FakeSource(
        [run(11, "/repo"), run(12, "/tmp/pants-sandbox-x", parent=11), run(13, "/tmp/pants-sandbox-x", parent=12)],
        files={11: databases(STORE), 12: databases(STORE), 13: databases(STORE)},
    )
    assert [one.process.pid for one in find_pants_processes(source).others] == [11]


def test_a_run_inside_of_another_with_a_store_of_its_own_is_one_of_its_own() -> None:
    other = "/elsewhere/store"
    source = FakeSource(
        [daemon(11, "/repo"), run(12, "/tmp/test", parent=11), run(13, "/tmp/test", parent=12)],
        files={11: databases(STORE), 12: databases(STORE), 13: databases(STORE) | databases(other)},
    )
    found = {one.process.pid: one.stores for one in find_pants_processes(source).others}
    assert found == {11: frozenset({STORE}), 13: frozenset({STORE, other})}


def test_a_store_that_is_already_removed_is_still_named() -> None:
    deleted = frozenset({f"{STORE}/cache/0/data.mdb (deleted)"})
    [one] = find_pants_processes(FakeSource([daemon(11, "/repo")], files={11: deleted})).others
    assert one.stores == {STORE}


def test_this_process_and_its_children_are_left_out() -> None:
    me = os.getpid()
    source = FakeSource(
        [daemon(me, "/repo"), run(12, "/repo", parent=me)],
        files={me: databases(STORE), 12: databases(STORE)},
        busy={me: 1},
    )
    processes = find_pants_processes(source)
    assert processes.others == ()
    assert processes.queued == 0
    assert runs_in_daemon(source)
    assert not runs_in_daemon(None)


def test_a_second_client_of_this_daemon_is_queued() -> None:
    me = os.getpid()
    assert find_pants_processes(FakeSource([daemon(me, "/repo")], busy={me: 3})).queued == 2


def test_who_is_asked_for() -> None:
    source = FakeSource(
        [daemon(11, "/repo"), daemon(12, "/other"), daemon(13, "/repo", user_id=os.getuid() + 1)],
        files={11: databases(STORE), 13: databases(STORE)},
    )
    processes = find_pants_processes(source)
    assert [one.process.pid for one in processes.of_this_user()] == [11, 12]
