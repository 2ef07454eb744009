"""The goal on a repository: what it prints, what it makes, and what it leaves alone."""

from __future__ import annotations

import json

import pytest
from backport.conftest import AUTHOR, MESSAGE, World, text


def test_a_plan(world: World, fix: str) -> None:
    world.write({"app.py": "dirty\n", "untracked": ""})
    before = world.state()
    result = world.run(fix, "--to=24.03")
    title = f'{fix[:12]} "fix: count from one (#12)"'
    assert result.stdout == (
        f"24.03: clean: {title}, 2 files\n24.03: Would make branch backport/12-to-24.03: 1 commit on 24.03\n"
    )
    assert result.stderr == f"To do it: pants backport {fix} --to=24.03 --execute\n"
    assert result.exit_code == 0
    assert world.state() == before


def test_the_execution_and_the_run_after_it(world: World, fix: str) -> None:
    expected = world.cherry_picked(fix)
    world.write({"app.py": "dirty\n", "untracked": ""})
    world.git("stash", "push", "--quiet", "--include-untracked")
    world.write({"app.py": "dirty again\n", "untracked": "2"})
    *_, status, stash, worktrees, _ = world.state()
    result = world.run(fix, "--to=24.03", "--execute")
    branch = "backport/12-to-24.03"
    tip = world.git("rev-parse", branch)
    assert result.stdout.splitlines()[-1] == f"24.03: Made branch {branch} at {tip[:12]}: 1 commit on 24.03"
    assert (result.stderr, result.exit_code) == ("Done: 1 branch is made.\n", 0)
    assert world.tree(branch) == expected
    assert world.git("rev-parse", f"{branch}^") == world.git("rev-parse", "24.03")
    assert (
        world.git("log", "-1", "--format=%an <%ae>|%ad|%cn", "--date=raw", branch)
        == f"{AUTHOR}|1724000000 +0900|Somebody"
    )
    assert world.git("log", "-1", "--format=%B", branch) == MESSAGE.strip()
    assert world.git("show", f"{branch}:changes/12.fix.md") == "Counted from one."
    *_, status_now, stash_now, worktrees_now, _ = world.state()
    assert (status_now, stash_now, worktrees_now) == (status, stash, worktrees)
    assert (world.root / "app.py").read_text() == "dirty again\n"
    assert list((world.root / ".git/devflow/backport").iterdir()) == []
    before = world.state()
    for again in (world.run(fix, "--to=24.03", "--execute"), world.run(fix, "--to=24.03")):
        assert again.stdout.splitlines()[-1] == f"24.03: branch {branch} is there already, with this content"
        assert (again.stderr, again.exit_code) == ("Nothing to do.\n", 0)
        assert world.state() == before


def test_commits_in_their_order_to_several_series(world: World, fix: str) -> None:
    world.git("branch", "23.09", "24.03")
    second = world.commit("fix: and to two (#13)", {"app.py": text(_0="first", _12="12", _13="13")})
    result = world.run(fix, second, "--to=24.03,23.09", "--execute")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "Done: 2 branches are made.\n"
    for series in ("24.03", "23.09"):
        branch = f"backport/12-to-{series}"
        assert world.tree(branch) == world.cherry_picked(fix, second, onto=series)
        assert world.git("log", "--format=%s", f"{series}..{branch}").splitlines() == [
            "fix: and to two (#13)",
            "fix: count from one (#12)",
        ]
    turned = world.run(second, fix, "--to=24.03")
    assert turned.exit_code == 1
    assert f'24.03: conflict: {second[:12]} "fix: and to two (#13)"' in turned.stdout
    assert "24.03: conflict in app.py: content" in turned.stdout
    assert f"24.03: not tried: {fix[:12]}" in turned.stdout


def test_all_ways_to_name_a_commit(world: World, fix: str) -> None:
    merge_base = world.git("rev-parse", "24.03")
    expected = f"24.03: clean: {fix[:12]}"
    for words in (
        (fix,),
        (fix[:9],),
        ("main",),
        ("HEAD",),
        ("#12",),
        ("HEAD~1..HEAD",),
        ("HEAD~..",),
        ("refs/heads/main",),
    ):
        result = world.run(*words, "--to=24.03")
        assert expected in result.stdout, (words, result.stderr)
        assert result.exit_code == 0
    both = world.run(f"{merge_base}..main", "--to=24.03")
    assert both.stdout.index("feat: more (#11)") < both.stdout.index("fix: count from one")
    assert world.run("--to=24.03", "--", fix).stdout == world.run(fix, "--to=24.03").stdout
    assert world.run("--to=24.03", f"--commits={fix}").stdout == world.run(fix, "--to=24.03").stdout


def test_a_number_that_two_commits_have_is_the_newest(world: World, fix: str) -> None:
    world.commit("fix: mentions (#12) only")
    again = world.commit("fix: again (#12)", {"app.py": text(_0="first", _12="dozen")})
    result = world.run("#12", "--to=24.03")
    assert f"Note: #12 is {again[:12]}, the newest of 2; the others: {fix[:12]}" in result.stdout


def test_what_is_there_already(world: World, fix: str) -> None:
    world.git("switch", "--quiet", "24.03")
    world.git("cherry-pick", fix)
    world.git("switch", "--quiet", "main")
    picked = world.run(fix, "--to=24.03", "--execute")
    assert picked.stdout == f'24.03: already there: {fix[:12]} "fix: count from one (#12)"\n'
    assert (picked.stderr, picked.exit_code) == ("Nothing to do.\n", 0)
    ancestor = world.run("24.03~1", "--to=24.03", "--execute")
    assert (ancestor.stderr, ancestor.exit_code) == ("Nothing to do.\n", 0)
    empty = world.run(fix, "--to=24.03", "--allow-empty", "--execute")
    assert empty.exit_code == 0, empty.stderr
    assert world.tree("backport/12-to-24.03") == world.tree("24.03")
    assert world.git("rev-list", "--count", "24.03..backport/12-to-24.03") == "1"


def test_a_rename_on_main_lands_in_the_old_name(world: World) -> None:
    world.git("mv", "app.py", "application.py")
    world.commit("refactor: rename")
    fix = world.commit("fix: there", {"application.py": text(_0="first", _12="twelve")})
    assert world.run(fix, "--to=24.03", "--execute").exit_code == 0
    branch = f"backport/{fix[:8]}-to-24.03"
    assert world.git("show", f"{branch}:app.py") == text(_12="twelve").strip()
    assert world.tree(branch) == world.cherry_picked(fix)


def test_a_merge_a_root_and_a_range_with_merges(world: World, fix: str) -> None:
    world.git("switch", "--quiet", "--create=side", "HEAD~")
    side = world.commit("fix: on the side (#14)", {"side.py": "side\n"})
    world.git("switch", "--quiet", "main")
    world.git("merge", "--quiet", "--no-ff", "--message=Merge (#15)", "side")
    merged = world.run("HEAD", "--to=24.03", "--mainline=1", "--execute")
    assert merged.exit_code == 0, merged.stderr
    assert world.git("diff", "--name-only", "24.03", "backport/15-to-24.03") == "side.py"
    listed = world.run(f"{fix}..HEAD", "--to=24.03")
    assert f"Note: {fix}..HEAD: left out 1 merge: {world.git('rev-parse', 'HEAD')[:12]}" in listed.stdout
    assert f"24.03: clean: {side[:12]}" in listed.stdout
    world.git("checkout", "--quiet", "--orphan", "other")
    world.git("rm", "-rq", "--force", ".")
    root = world.commit("An import", {"vendored.py": "1\n"})
    result = world.run(root, "--to=24.03", "--execute")
    assert result.exit_code == 0, result.stderr
    assert world.git("diff", "--name-only", "24.03", f"backport/{root[:8]}-to-24.03") == "vendored.py"


def test_a_commit_that_is_not_of_this_branch(world: World) -> None:
    world.git("switch", "--quiet", "--create=side")
    side = world.commit("fix: on the side", {"side.py": "side\n"})
    world.git("switch", "--quiet", "main")
    result = world.run(side, "--to=24.03")
    assert f'Note: {side[:12]} "fix: on the side" is not in the history of HEAD' in result.stdout
    assert result.exit_code == 0


def test_in_place(world: World, fix: str) -> None:
    before = world.git("rev-parse", "24.03")
    plan = world.run(fix, "--to=24.03", "--in-place")
    assert f"24.03: Would move branch 24.03: 1 commit from {before[:12]}" in plan.stdout
    assert world.git("rev-parse", "24.03") == before
    expected = world.cherry_picked(fix)
    assert world.run(fix, "--to=24.03", "--in-place", "--execute").exit_code == 0
    assert world.tree("24.03") == expected
    assert world.git("rev-parse", "24.03^") == before
    assert world.run(fix, "--to=24.03", "--in-place", "--execute").stderr == "Nothing to do.\n"


def test_fragments_stay_out_if_asked(world: World, fix: str) -> None:
    result = world.run(fix, "--to=24.03", "--skip-fragments", "--execute")
    assert "24.03: left out changes/12.fix.md" in result.stdout
    assert world.git("diff", "--name-only", "24.03", "backport/12-to-24.03") == "app.py"


def test_migrations_are_named(world: World) -> None:
    path = "src/models/alembic/versions/1a.py"
    fix = world.commit("fix: a column", {path: "revision = '1a'\n"})
    assert f"Note: a series may not accept new migrations: {path}" in world.run(fix, "--to=24.03").stdout
    assert "migrations" not in world.run(fix, "--to=24.03", "--migrations=db/*").stdout


@pytest.mark.parametrize(
    ("trailer", "last"),
    [("x", "(cherry picked from commit {commit})"), ("Backport-of: {number}", "Backport-of: 12")],
)
def test_trailers(world: World, fix: str, trailer: str, last: str) -> None:
    assert world.run(fix, "--to=24.03", f"--trailer={trailer}", "--execute").exit_code == 0
    body = world.git("log", "-1", "--format=%B", "backport/12-to-24.03")
    assert body == MESSAGE.rstrip("\n") + "\n" + last.format(commit=fix)


def test_json(world: World, fix: str) -> None:
    world.on_series("chore: other (#9)", {"app.py": text(_12="another")})
    result = world.run(fix, "--to=24.03", "--format=json")
    document = json.loads(result.stdout)
    assert (document["schema_version"], document["goal"], document["mode"]) == (1, "backport", "plan")
    [series] = document["results"]
    assert series["series"] == "24.03"
    assert series["status"] == "blocked"
    [commit] = series["commits"]
    assert commit["outcome"] == "conflict"
    [conflict] = commit["conflicts"]
    assert (conflict["path"], conflict["kind"]) == ("app.py", "content")
    assert conflict["last_changed_by"].endswith('"chore: other (#9)"')
    assert document["problems"] == series["problems"]
    made = json.loads(world.run("HEAD~", "--to=24.03", "--format=json", "--execute").stdout)["results"][0]
    assert made["made"] == world.git("rev-parse", "backport/11-to-24.03")


def test_missing(world: World, fix: str) -> None:
    world.commit("docs: no fix (#20)", {"README": ""})
    lost = world.commit("fix(app): lost (#21)", {"lost": ""})
    plain = world.commit("fix: no number", {"plain": ""})
    world.on_series("fix: count from one (#12) (#99)", {"x": ""})
    result = world.run("--missing=24.03")
    assert result.stdout == f"{lost[:12]} fix(app): lost (#21)\n{plain[:12]} fix: no number\n"
    assert (result.stderr, result.exit_code) == ("24.03 lacks 2 fixes of HEAD.\n", 0)
    all_of_them = world.run("--missing=24.03", "--missing-subjects=", "--format=json")
    subjects = [one["subject"] for one in json.loads(all_of_them.stdout)["results"]]
    assert subjects == ["feat: more (#11)", "docs: no fix (#20)", "fix(app): lost (#21)", "fix: no number"]
    assert "Did you mean '24.03'" in world.run("--missing=24.3").stderr
    assert "is not a regular expression" in world.run("--missing=24.03", "--missing-subjects=(").stderr


def test_a_commit_before_the_one_that_it_needs(world: World, fix: str) -> None:
    later = world.commit("fix: and more (#13)", {"app.py": text(_0="first", _12="thirteen")})
    assert world.run(fix, later, "--to=24.03").exit_code == 0
    reversed_order = world.run(later, fix, "--to=24.03")
    assert f'24.03: conflict: {later[:12]} "fix: and more (#13)"\n' in reversed_order.stdout
    assert f'24.03: not tried: {fix[:12]} "fix: count from one (#12)"\n' in reversed_order.stdout
    assert reversed_order.exit_code == 1
