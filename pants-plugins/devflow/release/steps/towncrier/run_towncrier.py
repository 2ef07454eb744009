"""Runs inside of the sandbox, by the interpreter that has towncrier: `run_towncrier.py SPEC.json`.

towncrier removes fragments by git, and each version does so in its own way: some only what git knows and has unchanged,
some nothing at all outside of a repository. So it gets a repository of its own in which everything is committed.

With "ask" in the specification, nothing is written: towncrier reads its settings, and is stopped where it would write.
What it looked for until then is printed as JSON, because each version has rules of its own for it.

It imports nothing but the standard library, and runs on any Python that towncrier runs on.
"""

import base64
import json
import os
import runpy
import subprocess
import sys
import types
from importlib import import_module
from typing import Any

_ENVIRONMENT = {
    "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
    "GIT_CONFIG_NOSYSTEM": "1",
}
# Nothing of this repository is to last. "Big" files go into one pack, instead of into a file each.
_GIT_CONFIG = """\
[user]
name = devflow
email = devflow@localhost
[core]
autocrlf = false
bigFileThreshold = 1
compression = 0
fsync = none
[init]
templateDir =
[maintenance]
auto = false
"""
_CONFIG_FILES = ("towncrier.toml", "pyproject.toml")


class _Enough(BaseException):
    """towncrier would write now. Not an `Exception`, which towncrier might catch."""


def main(spec_path: str) -> None:
    """Lay out the inputs, and become `towncrier`."""
    with open(spec_path, encoding="utf-8") as file:
        spec = json.load(file)
    for path, content in spec["inputs"].items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
    (_ask if spec["ask"] else _build)(spec)


def _build(spec: "dict[str, Any]") -> None:
    with open(".gitconfig", "w", encoding="utf-8") as file:
        file.write(_GIT_CONFIG)
    os.environ.update(_ENVIRONMENT, HOME=os.getcwd(), XDG_CONFIG_HOME=os.getcwd())
    for directory in (*spec["directories"], os.path.dirname(spec["changelog"])):
        os.makedirs(directory or ".", exist_ok=True)
    for command in (
        ("init", "--quiet"),
        *([("add", "--force", "--", *spec["tracked"])] if spec["tracked"] else []),
        ("commit", "--quiet", "--allow-empty", "--no-verify", "--message=inputs"),
    ):
        subprocess.run(["git", *command], check=True)  # noqa: S603, S607
    list_directory = os.listdir
    # towncrier reads fragments in the order of the file system, and keeps that order where its own sort finds no other.
    os.listdir = lambda *arguments: sorted(list_directory(*arguments))  # type: ignore[assignment]
    if spec["package"]:
        _pretend_package(spec["package"], spec["name"])
    sys.argv = ["towncrier", *spec["arguments"]]
    runpy.run_module("towncrier", run_name="__main__", alter_sys=True)


def _ask(spec: "dict[str, Any]") -> None:
    """Print what towncrier reads and writes, as the last line; paths are relative to the sandbox.

    Source: `towncrier/build.py` from 21.9 to 26.9, which have the names that are replaced here in common.
    """
    build: Any = import_module("towncrier.build")
    load, name_of = build.load_config_from_options, build.get_project_name
    list_directory, is_file, exists = os.listdir, os.path.isfile, os.path.exists
    root = os.getcwd()
    answer: dict[str, Any] = {"directories": [], "template": None, "package": None, "name": None, "package_dir": ""}

    def inside(path: str) -> bool:
        return os.path.abspath(path).startswith(root + os.sep)

    def relative(path: str) -> str:
        return os.path.relpath(path, root).replace(os.sep, "/")

    def there(path: str) -> bool:
        """The template is made here, empty: the file itself is not needed yet."""
        if not exists(path) and inside(path) and os.path.basename(path) not in _CONFIG_FILES:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8"):
                pass
        return exists(path)

    def loading(*arguments: Any) -> Any:
        os.path.isfile = os.path.exists = there  # type: ignore[assignment]
        try:
            base, config = load(*arguments)
        finally:
            os.path.isfile, os.path.exists = is_file, exists
        values = config if isinstance(config, dict) else vars(config)
        if isinstance(values["template"], str) and inside(values["template"]):
            answer["template"] = relative(values["template"])
        answer.update(types=list(values["types"]), ignore=list(values.get("ignore") or ()))
        answer["categories"] = [kind["name"] for kind in values["types"].values()]
        return base, config

    def listing(path: str = ".") -> "list[str]":
        if not inside(path) and os.path.abspath(path) != root:
            return list_directory(path)
        answer["directories"].append(relative(path))
        return []

    def naming(directory: str, package: str) -> Any:
        _pretend_package(package, None)
        answer.update(package=package, name=name_of(directory, package), package_dir=relative(directory))
        return answer["name"]

    def writing(
        directory: str, filename: str, start_string: str, top_line: str, content: str, single_file: bool = True
    ) -> None:
        written = relative(os.path.join(directory, filename))
        answer.update(written=written, start_string=start_string, title=top_line, single_file=single_file)
        raise _Enough

    build.load_config_from_options, build.get_project_name = loading, naming
    build.append_to_newsfile = writing
    os.listdir = listing  # type: ignore[assignment]
    try:
        build._main(args=spec["arguments"][1:], prog_name="towncrier build")
    except _Enough:
        print("\n" + json.dumps(answer))


def _pretend_package(package: str, name: "str | None") -> None:
    """A package that towncrier can import for a name: it is not in the sandbox. Its version may have the name."""
    module: Any = types.ModuleType(package)
    module.__version__ = "0"
    if name is not None:
        try:
            module.__version__ = import_module("incremental").Version(name, 0, 0, 0)
        except ImportError:
            module.__version__ = types.SimpleNamespace(package=name)
    sys.modules[package] = module


if __name__ == "__main__":
    main(sys.argv[1])
