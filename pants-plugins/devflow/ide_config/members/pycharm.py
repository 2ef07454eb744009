"""PyCharm, and IntelliJ IDEA with its Python plugin: source folders, and what is not to be indexed.

Source: the files of projects, as JetBrains' "How to manage projects under Version Control Systems" has them. In a
module file in `.idea`, `$MODULE_DIR$` is the directory above. Interpreters are in a file of the user, by name.
"""

from __future__ import annotations

import os

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.options import command_line
from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, XmlEntry, XmlFile
from devflow.ide_config.facts import Workspace
from devflow.ide_config.formats.xml_edit import XmlElement

_MODULES = ".idea/modules.xml"
_MISC = ".idea/misc.xml"  # names the interpreter of the project, once there is one
_VENV = ".venv"
_IML = "*.iml"
_ROOT = XmlElement("component", (("name", "NewModuleRootManager"),))
_CONTENT = XmlElement("content", (("url", "file://$MODULE_DIR$"),), alone=True)
_SDK = XmlElement("orderEntry", (("type", "inheritedJdk"),))
_OWN_SDK = XmlElement("orderEntry", (("type", "jdk"),))
_SOURCES = XmlElement("orderEntry", (("type", "sourceFolder"), ("forTests", "false")))
_EXCLUDED = (".pants.d", ".pids")  # beside the directory of exports


class PyCharm(Editor):
    """PyCharm."""

    name = "pycharm"
    evidence = (".idea",)
    asks_for = (_MISC, _VENV, f".idea/{_IML}", _IML)
    hand_written = (_MISC, ".idea/runConfigurations/*.xml", ".run/*.xml")


@rule
async def pycharm_settings(request: PyCharm) -> EditorSettings:
    """See `documents` and `notes`."""
    return EditorSettings(documents(request.workspace), notes(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """The file of the module, and the list of modules if there is no such file yet. Raises: UserError."""
    found = sorted(path for path in workspace.present if path.endswith(".iml"))
    own = f"{os.path.basename(workspace.build_root)}.iml"
    chosen = [path for path in found if os.path.basename(path) == own] or found or [f".idea/{own}"]
    if len(chosen) > 1:
        raise UserError(
            f"PyCharm has several modules, and none of them is {own}: {', '.join(found)}.",
            fix="mark the source folders by hand, as ide-config --print=pycharm shows them in a repository without "
            "modules",
        )
    module = XmlFile(
        chosen[0], XmlElement("module", (("type", "PYTHON_MODULE"), ("version", "4"))), _entries(workspace)
    )
    return (module, *(() if found else (_modules(chosen[0]),)))


def _entries(workspace: Workspace) -> tuple[XmlEntry, ...]:
    folders = [
        XmlElement(
            "sourceFolder",
            (("url", _url(root)), ("isTestSource", "true" if root in workspace.only_tests else "false")),
        )
        for root in (*workspace.source_roots, *((workspace.stubs,) if workspace.stubs else ()))
    ]
    excluded = [XmlElement("excludeFolder", (("url", _url(path)),)) for path in (workspace.dist, *_EXCLUDED)]
    return (
        # What the user has marked in another way stays so.
        *(XmlEntry((_ROOT, _CONTENT, one), (XmlElement("excludeFolder", one.attributes[:1]),)) for one in folders),
        *(XmlEntry((_ROOT, _CONTENT, one), (XmlElement("sourceFolder", one.attributes[:1]),)) for one in excluded),
        XmlEntry((_ROOT, _SDK), (_OWN_SDK,)),
        XmlEntry((_ROOT, _SOURCES)),
    )


def _url(path: str) -> str:
    return "file://$MODULE_DIR$" if path == "." else f"file://$MODULE_DIR$/{path}"


def _modules(path: str) -> XmlFile:
    place = f"$PROJECT_DIR$/{path}"
    module = XmlElement("module", (("fileurl", f"file://{place}"), ("filepath", place)))
    manager = XmlElement("component", (("name", "ProjectModuleManager"),))
    entry = XmlEntry((manager, XmlElement("modules"), module))
    return XmlFile(_MODULES, XmlElement("project", (("version", "4"),)), (entry,))


def notes(workspace: Workspace) -> tuple[Problem, ...]:
    """What no file of a repository can set: the interpreter, unless there is one or PyCharm finds one by itself."""
    if workspace.present.intersection((_MISC, _VENV)):
        return ()
    resolve = workspace.main.resolve
    export = command_line(bin_name(), "export-all-resolves", f"--include={resolve}", f"--venv-link={resolve}")
    return (
        Problem(
            "PyCharm keeps interpreters in a file of the user, so ide-config cannot set one. It offers a virtualenv "
            ".venv by itself, and there is none.",
            fix=f"{export}; or choose {workspace.main.python} in Settings, Python Interpreter",
        ),
    )


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, PyCharm)]
