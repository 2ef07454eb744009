"""Runs inside of the sandbox, by the interpreter that has towncrier: `run_towncrier.py SPEC.json`.

towncrier removes fragments by git, and each version does so in its own way: some only what git knows and has unchanged,
some nothing at all outside of a repository. So it gets a repository of its own in which everything is committed. It
imports nothing but the standard library, and runs on any Python that towncrier runs on.
"""

import base64
import json
import os
import runpy
import subprocess
import sys

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


def main(spec_path: str) -> None:
    """Make the repository, then become `towncrier`."""
    with open(spec_path, encoding="utf-8") as file:
        spec = json.load(file)
    with open(".gitconfig", "w", encoding="utf-8") as file:
        file.write(_GIT_CONFIG)
    os.environ.update(_ENVIRONMENT, HOME=os.getcwd(), XDG_CONFIG_HOME=os.getcwd())
    for directory in {*spec["directories"], *map(os.path.dirname, (*spec["inputs"], spec["changelog"]))}:
        os.makedirs(directory or ".", exist_ok=True)
    for path, content in spec["inputs"].items():
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
    for command in (
        ("init", "--quiet"),
        *([("add", "--force", "--", *spec["tracked"])] if spec["tracked"] else []),
        ("commit", "--quiet", "--allow-empty", "--no-verify", "--message=inputs"),
    ):
        subprocess.run(["git", *command], check=True)  # noqa: S603, S607
    list_directory = os.listdir
    # towncrier reads fragments in the order of the file system, and keeps that order where its own sort finds no other.
    os.listdir = lambda *arguments: sorted(list_directory(*arguments))  # type: ignore[assignment]
    sys.argv = ["towncrier", *spec["arguments"]]
    runpy.run_module("towncrier", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
