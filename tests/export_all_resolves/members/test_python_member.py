"""What a Python export is made from. The builds themselves are in tests/e2e."""

from __future__ import annotations

import pytest
from pants.backend.python.goals.export import ExportPluginOptions
from pants.backend.python.lint.black import subsystem as black
from pants.backend.python.subsystems.python_tool_base import PythonToolBase
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import RuleRunner

from devflow.engine.python import ResolvePexConfig
from devflow.export_all_resolves.contract import MaybeResolveFingerprint
from devflow.export_all_resolves.facts import ExportInput
from devflow.export_all_resolves.members import python
from devflow.export_all_resolves.members.python import PythonResolveExporter
from devflow.export_all_resolves.members.python_inputs import settings_input
from export_all_resolves.members.conftest import RESOLVES, changes, configure, fingerprint, problem


def with_option(name: str) -> pytest.MarkDecorator:
    """For a case about an option of `[export]` that some releases of Pants have."""
    return pytest.mark.skipif(not hasattr(ExportPluginOptions, name), reason=f"this Pants has no [export].{name}")


def test_where_it_goes(rule_runner: RuleRunner) -> None:
    found = fingerprint(rule_runner, "a")
    assert found.problem is None
    assert str(found.reldir).startswith("python/virtualenvs/a/3.9.")
    assert found.tools == ()


def test_another_backends_resolve_is_not_python(rule_runner: RuleRunner) -> None:
    assert rule_runner.request(MaybeResolveFingerprint, [PythonResolveExporter("jvm")]).fingerprint is None


def test_a_tool_of_the_resolve_is_named(rule_runner: RuleRunner) -> None:
    configure(rule_runner, "--black-install-from-resolve=a")
    assert fingerprint(rule_runner, "a").tools == ("black",)
    assert fingerprint(rule_runner, "b").tools == ()


def test_a_command_does_not_make_again_what_is_the_same(
    rule_runner: RuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a tool of a backend that is not enabled: to ask for its options fails, and no failure is memoised."""
    made = []

    class NotEnabled(PythonToolBase):
        options_scope = "not-enabled"
        help = "A tool of a backend that is not enabled."

    def noted(config: ResolvePexConfig) -> ExportInput:
        made.append(config)
        return settings_input(config)

    monkeypatch.setattr(python, "settings_input", noted)
    found = set()
    for _ in ("a command", "the next", "and another"):
        configure(rule_runner, "--python-resolver-manylinux=manylinux2014")
        found.add(fingerprint(rule_runner, "a"))
    assert len(found) == len(made) == 1
    assert NotEnabled in PythonToolBase.__subclasses__()


@pytest.mark.parametrize(
    ("args", "a", "b"),
    [
        ([], (), ()),
        (["--python-repos-indexes=['https://aws:token@mirror.example/simple/']"], (), ()),
        (["--python-repos-find-links=['wheels']"], (), ()),
        (["--python-repos-path-mappings=['W|/wheels']"], (), ()),
        (["--python-resolver-manylinux=no"], ("resolver settings changed",), None),
        (["--python-resolves-to-only-binary={'a': [':all:']}"], ("resolver settings changed",), ()),
        (["--python-resolves-to-no-binary={'b': [':all:']}"], (), ("resolver settings changed",)),
        (
            ["--export-py-resolve-format=symlinked_immutable_virtualenv"],
            ("format mutable_virtualenv → symlinked_immutable_virtualenv",),
            None,
        ),
        pytest.param(
            ["--export-symlink-python-virtualenv"],
            ("format mutable_virtualenv → symlinked_immutable_virtualenv",),
            None,
            marks=with_option("symlink_python_virtualenv"),
        ),
        pytest.param(
            ["--no-export-py-hermetic-scripts"],
            ("scripts changed",),
            None,
            marks=with_option("py_hermetic_scripts"),
        ),
        pytest.param(
            ["--export-py-non-hermetic-scripts-in-resolve=['b']"],
            (),
            ("scripts changed",),
            marks=with_option("py_non_hermetic_scripts_in_resolve"),
        ),
        pytest.param(
            ["--export-py-generated-sources-in-resolve=['b']"],
            (),
            ("generated sources changed",),
            marks=with_option("py_generated_sources_in_resolve"),
        ),
        (["--pants-distdir=out"], ("destination changed",), None),
        (["--named-caches-dir=caches"], ("cache directory changed",), None),
        (
            ["--python-resolves-to-interpreter-constraints={'b': ['CPython>=3.9,<3.10']}"],
            (),
            (),
        ),
        (["--export-py-editable-in-resolve=['b']"], (), ("editable distributions changed",)),
        (["--no-python-tailor-requirements-targets"], (), ()),
    ],
)
def test_each_setting_touches_the_resolves_that_it_decides(
    rule_runner: RuleRunner, args: list[str], a: tuple[str, ...], b: tuple[str, ...] | None
) -> None:
    before = {name: fingerprint(rule_runner, name) for name in RESOLVES}
    configure(rule_runner, *args)
    assert changes(before["a"], fingerprint(rule_runner, "a")) == a
    assert changes(before["b"], fingerprint(rule_runner, "b")) == (a if b is None else b)


def test_an_interpreter_is_named_by_its_version(rule_runner: RuleRunner) -> None:
    before = fingerprint(rule_runner, "a")
    configure(rule_runner, "--python-resolves-to-interpreter-constraints={'a': ['==3.11.*']}")
    after = fingerprint(rule_runner, "a")
    old, new = (str(found.reldir).rpartition("/")[2] for found in (before, after))
    assert changes(before, after) == (f"interpreter {old} → {new}", "destination changed")


@pytest.mark.needs("unzip")
def test_an_editable_distribution_is_an_input(rule_runner: RuleRunner) -> None:
    configure(rule_runner, "--export-py-editable-in-resolve=['a']")
    without = fingerprint(rule_runner, "a")
    rule_runner.write_files(
        {
            "src/BUILD": """\
python_sources(resolve="a")
python_distribution(name="dist", dependencies=[":src"], provides=python_artifact(name="mine", version="1.0"))
""",
            "src/mine.py": "",
        }
    )
    assert changes(without, fingerprint(rule_runner, "a")) == ("editable distributions changed",)


def test_a_password_in_an_index_address_is_not_recorded(rule_runner: RuleRunner) -> None:
    configure(rule_runner, "--python-repos-indexes=['https://me:s3cret@mirror.example/simple/']")
    assert "s3cret" not in repr(fingerprint(rule_runner, "a"))


@pytest.mark.skipif(
    not any(isinstance(one, UnionRule) for one in black.rules()),
    reason="this Pants exports resolves of a repository only",
)
@pytest.mark.parametrize("tool", ["black", "isort"])
def test_a_tool_with_the_lockfile_of_pants(rule_runner: RuleRunner, tool: str) -> None:
    """Pants has a class of its own for the lockfile of black, and makes that of isort."""
    found = fingerprint(rule_runner, tool)
    assert (found.problem, found.tools) == (None, (tool,))
    assert str(found.reldir).startswith(f"python/virtualenvs/{tool}/3.")


@pytest.mark.skipif(not hasattr(black.Black, "extra_requirements"), reason="this Pants adds nothing to a tool")
def test_what_is_added_to_a_tool(rule_runner: RuleRunner) -> None:
    found = fingerprint(rule_runner, "black")
    configure(rule_runner, "--black-extra-requirements=['aiohttp']")
    assert changes(found, fingerprint(rule_runner, "black")) == ("lockfile changed",)


def test_no_interpreter(rule_runner: RuleRunner) -> None:
    configure(rule_runner, "--python-resolves-to-interpreter-constraints={'a': ['==3.34.*']}")
    assert problem(rule_runner, "a") == (
        "No Python interpreter on this machine matches CPython==3.34.*.",
        "`uv python install 3.34`, `pyenv install 3.34`, or your system's package python3.34, where "
        "[python-bootstrap].search_path finds it (by default: on PATH, and in pyenv's versions); or change "
        "[python.resolves_to_interpreter_constraints] in pants.toml",
    )
    assert fingerprint(rule_runner, "b").problem is None


def test_resolves_that_are_off(rule_runner: RuleRunner) -> None:
    configure(rule_runner, "--no-python-enable-resolves")
    assert problem(rule_runner, "a") == (
        "Resolves are off: [python].enable_resolves is false.",
        "set it to true in pants.toml",
    )
