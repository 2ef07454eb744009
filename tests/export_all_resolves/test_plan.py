from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import Problem, UserError
from devflow.export_all_resolves.facts import DesiredExport, ExistingExport, ExportFacts, ExportInput, ExportOnDisk
from devflow.export_all_resolves.plan import (
    ExportPlan,
    ExportStatus,
    PlannedExport,
    changed_inputs,
    plan_export,
    plan_exports,
    select,
    surplus_exports,
)

INPUTS = (
    ExportInput("Pants", "2.17.1", "2.17.1"),
    ExportInput("interpreter", "3.11.7 /usr/bin/python3.11 abc", "3.11.7"),
    ExportInput("lockfile", "0123"),
)
RECORDED = {part.name: (part.value, part.shown) for part in INPUTS}
VENVS = "dist/export/python/virtualenvs"
WANTED = DesiredExport("mypy", path=f"{VENVS}/mypy/3.11.7", home=f"{VENVS}/mypy", inputs=INPUTS)
NAMES = ["python-default", "mypy", "ruff", "python-docs"]


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ([], [], ("mypy", "python-default", "python-docs", "ruff")),
        (["python-*"], [], ("python-default", "python-docs")),
        (["ruff", "mypy"], [], ("mypy", "ruff")),
        ([], ["python-*"], ("mypy", "ruff")),
        (["python-*"], ["*-docs"], ("python-default",)),
    ],
)
def test_select(include: list[str], exclude: list[str], expected: tuple[str, ...]) -> None:
    assert select(NAMES, include, exclude) == expected


@pytest.mark.parametrize(("include", "exclude"), [(["mpyy"], []), ([], ["mpyy"]), (["ruff", "mpyy"], [])])
def test_an_unknown_name_is_an_error_that_knows_better(include: list[str], exclude: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        select(NAMES, include, exclude)
    assert "=mpyy: no resolve has that name. Did you mean 'mypy'?" in caught.value.problem.what
    assert caught.value.problem.fix == "choose from mypy, python-default, python-docs, ruff"


def test_what_is_not_declared_is_taken_by_its_whole_name() -> None:
    assert select(NAMES, ["bin:ruff", "mypy"], [], {"bin:ruff", "bin:taplo"}) == ("bin:ruff", "mypy")
    assert select(NAMES, ["*"], [], {"bin:ruff"}) == tuple(sorted(NAMES))
    with pytest.raises(UserError, match="Did you mean 'bin:taplo'"):
        select(NAMES, ["taplo"], [], {"bin:ruff", "bin:taplo"})


def test_options_that_leave_nothing_are_an_error() -> None:
    with pytest.raises(UserError, match="--include=mypy --exclude=m\\*: no resolve is left"):
        select(NAMES, ["mypy"], ["m*"])


def test_a_repository_without_resolves_says_how_to_get_some() -> None:
    with pytest.raises(UserError, match="declares no resolve"):
        select([], [], [])


@given(st.lists(st.text(alphabet="abc-*?", min_size=1)), st.lists(st.text(alphabet="abc-*?", min_size=1)))
def test_select_gives_known_names_in_order_or_an_error(include: list[str], exclude: list[str]) -> None:
    names = ["a", "ab", "abc", "b-c"]
    try:
        chosen = select(names, include, exclude)
    except UserError:
        return
    assert list(chosen) == sorted(set(chosen))
    assert set(chosen) <= set(names)


def test_up_to_date() -> None:
    item = plan_export(WANTED, ExportOnDisk(exists=True, inputs=RECORDED), force=False)
    assert (item.status, item.reasons, item.rebuild) == (ExportStatus.UP_TO_DATE, (), False)


def test_force_rebuilds_what_is_up_to_date() -> None:
    item = plan_export(WANTED, ExportOnDisk(exists=True, inputs=RECORDED), force=True)
    assert (item.status, item.reasons, item.rebuild) == (ExportStatus.UP_TO_DATE, ("forced",), True)


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        (ExportOnDisk(exists=False), ExportStatus.MISSING, "not exported yet"),
        (ExportOnDisk(exists=True), ExportStatus.STALE, "not made by export-all-resolves"),
        (
            ExportOnDisk(exists=True, inputs=RECORDED, damage="bin/python is gone"),
            ExportStatus.DAMAGED,
            "bin/python is gone",
        ),
        (
            ExportOnDisk(exists=True, inputs={**RECORDED, "lockfile": ("9", None)}),
            ExportStatus.STALE,
            "lockfile changed",
        ),
    ],
)
def test_what_is_rebuilt_and_why(found: ExportOnDisk, status: ExportStatus, reason: str) -> None:
    item = plan_export(WANTED, found, force=False)
    assert (item.status, item.reasons, item.rebuild) == (status, (reason,), True)


def test_a_new_version_is_named_though_it_has_a_new_path() -> None:
    recorded = {**RECORDED, "interpreter": ("3.11.6 /usr/bin/python3.11 old", "3.11.6"), "destination": ("/old", None)}
    wanted = DesiredExport("mypy", path="new", inputs=(*INPUTS, ExportInput("destination", "/new")))
    item = plan_export(wanted, ExportOnDisk(exists=False, inputs=recorded), force=False)
    assert (item.status, item.reasons, item.rebuild) == (ExportStatus.STALE, ("interpreter 3.11.6 → 3.11.7",), True)


def test_an_export_that_is_gone_is_missing_whatever_stands_beside_it() -> None:
    item = plan_export(WANTED, ExportOnDisk(exists=False, inputs=RECORDED), force=False)
    assert (item.status, item.reasons) == (ExportStatus.MISSING, ("not exported yet",))


def test_a_problem_is_never_rebuilt() -> None:
    problem = Problem("mypy.lock does not exist.", "make it")
    for wanted, found in (
        (DesiredExport("mypy", error=problem), ExportOnDisk()),
        (WANTED, ExportOnDisk(exists=True, blocker=problem)),
    ):
        item = plan_export(wanted, found, force=True)
        assert (item.status, item.error, item.rebuild) == (ExportStatus.FAILED, problem, False)


def test_what_nobody_exports_is_not_an_error() -> None:
    item = plan_export(DesiredExport("jvm-default", exportable=False), ExportOnDisk(), force=True)
    assert (item.status, item.error, item.rebuild) == (ExportStatus.NOT_EXPORTABLE, None, False)


def test_changes_are_named_in_order_with_short_forms_where_they_tell() -> None:
    new = (
        ExportInput("Pants", "2.18.0", "2.18.0"),
        ExportInput("interpreter", "3.11.7 /opt/python3.11 def", "3.11.7"),
        ExportInput("lockfile", "4567"),
    )
    assert changed_inputs(new, RECORDED) == ("Pants 2.17.1 → 2.18.0", "interpreter changed", "lockfile changed")


def test_an_input_that_came_or_went_is_a_change() -> None:
    editable = ExportInput("editable distributions", "abc")
    assert changed_inputs((*INPUTS, editable), RECORDED) == ("editable distributions changed",)
    assert changed_inputs(INPUTS, {**RECORDED, "editable distributions": ("abc", None)}) == (
        "editable distributions changed",
    )


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.text(), st.none() | st.text())), st.data())
def test_each_change_alone_is_seen(recorded: dict[str, tuple[str, str | None]], data: st.DataObject) -> None:
    inputs = [ExportInput(name, value, shown) for name, (value, shown) in recorded.items()]
    assert changed_inputs(inputs, recorded) == ()
    if inputs:
        index = data.draw(st.integers(0, len(inputs) - 1))
        old = inputs[index]
        inputs[index] = ExportInput(old.name, old.value + "x", old.shown)
        assert changed_inputs(inputs, recorded) == (f"{old.name} changed",)


def test_a_plan_knows_whether_it_changes_anything() -> None:
    up_to_date, missing = (
        PlannedExport(WANTED, ExportStatus.UP_TO_DATE),
        PlannedExport(WANTED, ExportStatus.MISSING, rebuild=True),
    )
    assert ExportPlan((up_to_date,)).changes_nothing
    assert not ExportPlan((up_to_date, missing)).changes_nothing
    assert not ExportPlan((up_to_date,), surplus=("dist/export/python/virtualenvs/old/3.9.1",)).changes_nothing


def existing(name: str, version: str) -> ExistingExport:
    return ExistingExport(f"{VENVS}/{name}/{version}", f"{VENVS}/{name}")


def test_what_no_resolve_needs_is_surplus() -> None:
    all_of_them = (
        existing("gone", "3.9.1"),
        existing("mypy", "3.11.6"),
        existing("mypy", "3.11.7"),
        existing("other", "3.9.1"),
    )
    facts = ExportFacts((WANTED,), {}, all_of_them, declared=frozenset({f"{VENVS}/mypy", f"{VENVS}/other"}))
    assert surplus_exports(facts) == (f"{VENVS}/gone/3.9.1", f"{VENVS}/mypy/3.11.6")
    assert surplus_exports(ExportFacts((WANTED,), {})) == ()


def test_an_export_without_versions_is_alone_in_its_home() -> None:
    bins = "dist/export/bins"
    wanted = DesiredExport("bin:ruff", path=f"{bins}/ruff", home=f"{bins}/ruff")
    on_disk = tuple(ExistingExport(f"{bins}/{name}", f"{bins}/{name}") for name in ("gone", "other", "ruff"))
    facts = ExportFacts((wanted,), {}, on_disk, declared=frozenset({f"{bins}/other", f"{bins}/ruff"}))
    assert surplus_exports(facts) == (f"{bins}/gone",)


def test_the_exports_of_a_resolve_without_a_path_are_kept() -> None:
    broken = DesiredExport("mypy", error=Problem("mypy.lock does not exist.", "make it"))
    facts = ExportFacts((broken,), {}, (existing("mypy", "3.11.6"),), declared=frozenset({f"{VENVS}/mypy"}))
    assert plan_exports(facts, force=False) == ExportPlan((plan_export(broken, ExportOnDisk(), force=False),))
