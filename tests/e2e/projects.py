"""What the repositories of these tests are made of: settings and lockfiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.world import LEAN_PYTHON, PLUGINS, TESTS

ANSICOLORS = """\
ansicolors==1.1.8 \\
    --hash=sha256:00d2dde5a675579325902536738dd27e4fac1fd68f773fe36c21044eb559e187 \\
    --hash=sha256:99f94f5e3348a0bcd43c82e5fc4414013ccc19d70bd939ad71e0133ce9c372e0
"""
INICONFIG = """\
iniconfig==2.0.0 \\
    --hash=sha256:2d91e135bf72d31a410b17c16da610a82cb55f6b0477d1a902134b24a455b8b3 \\
    --hash=sha256:b6a85871a79d2e3b22d2d1b94ac2824226a63c6b741c88f7ae975f18b6778374
"""
TABULATE = """\
tabulate==0.9.0 \\
    --hash=sha256:0095b12bf5966de529c0feb1fa08671671b3368eec77d7ef7ab114be2c068b3c \\
    --hash=sha256:024ca478df22e9340661486f85298cff5f6dcdba14f3813e8830015b9ed1948f
"""
# It requires mdurl.
MARKDOWN_IT_PY = """\
markdown-it-py==4.3.0 \\
    --hash=sha256:7aa1511a46c39138de78d9eba92ce47e63124d8003fc98b3a351909e04239efa \\
    --hash=sha256:91a58fa5b72c71a40cf7177250fd767480d7a2bb3ac426ccfb76fb90305fdaaa
"""
# A distribution that is exported as an editable one.
HELLO = {
    "src/hello/BUILD": """\
python_sources(resolve="editable")
python_distribution(
    name="dist",
    dependencies=[":hello"],
    provides=python_artifact(name="hello", version="1.0", entry_points={"console_scripts": ["hello = hello:main"]}),
)
""",
    "src/hello/__init__.py": "def main():\n    print('Hello')\n",
}
# What `generate-lockfiles --resolve=locked` starts from: Pants' own kind of lockfile.
LOCKED = {"3rdparty/BUILD": 'python_requirement(name="tabulate", requirements=["tabulate==0.9.0"], resolve="locked")\n'}


def settings(
    resolves: Mapping[str, str],
    *,
    constraints: Mapping[str, str] | None = None,
    backends: Iterable[str] = ("devflow.export_all_resolves",),
    python: str = LEAN_PYTHON,
) -> str:
    """A `pants.toml`; what is not in `constraints` gets Python 3.11.

    `backends` are what is enabled beside that of `python`. With all of devflow, or with Pants' own backend for Python,
    each start of Pants takes seconds more: that is for tests that are about it.
    """
    lines = [f"{name} = {lockfile!r}" for name, lockfile in resolves.items()]
    return "\n".join(
        [
            "[GLOBAL]",
            'pants_version = "2.17.1"',
            f"pythonpath = {[str(PLUGINS), str(TESTS)]!r}",
            f"backend_packages = {[python, *backends]!r}",
            "[anonymous-telemetry]",
            "enabled = false",
            "[source]",
            'root_patterns = ["/src"]',
            "[python]",
            'interpreter_constraints = ["==3.11.*"]',
            "enable_resolves = true",
            f"default_resolve = {next(iter(resolves))!r}",
            "[python.resolves]",
            *lines,
            "[python.resolves_to_interpreter_constraints]",
            *(f"{name} = [{value!r}]" for name, value in (constraints or {}).items()),
            "[python-infer]",
            "use_rust_parser = true",
            "",
        ]
    )
