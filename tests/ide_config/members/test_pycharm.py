"""PyCharm's files: their shape is that of files that PyCharm has written."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from devflow.common.errors import UserError
from devflow.common.splices import CannotEditError
from devflow.ide_config.edit import edit
from devflow.ide_config.members.pycharm import documents, notes
from devflow.ide_config.plan import snippet_of
from ide_config.conftest import MAIN, Run
from ide_config.workspaces import workspace

OWN = ".idea/it's é.iml"
# After a first start: the interpreter was chosen, a folder was marked by hand.
WRITTEN_BY_PYCHARM = """\
<?xml version="1.0" encoding="UTF-8"?>
<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$">
      <sourceFolder url="file://$MODULE_DIR$/scripts" isTestSource="false" />
      <excludeFolder url="file://$MODULE_DIR$/tests" />
      <excludeFolder url="file://$MODULE_DIR$/node_modules" />
    </content>
    <orderEntry type="jdk" jdkName="Python 3.11 (kiln)" jdkType="Python SDK" />
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
  <component name="PyDocumentationSettings">
    <option name="format" value="GOOGLE" />
    <option name="myDocStringFormat" value="Google" />
  </component>
</module>
"""


def folders(text: str) -> dict[str, str]:
    """Each folder of the content root with its kind."""
    content = ElementTree.fromstring(text).findall("component/content")
    assert [one.get("url") for one in content] == ["file://$MODULE_DIR$"]
    return {
        str(one.get("url")).replace("file://$MODULE_DIR$", ""): {"true": "test", "false": "source"}.get(
            str(one.get("isTestSource")), one.tag
        )
        for one in content[0]
    }


def test_a_new_module_and_the_list_of_modules() -> None:
    module, modules = documents(workspace(only_tests=("tests",)))
    assert (module.path, modules.path) == (OWN, ".idea/modules.xml")
    assert folders(snippet_of(module)) == {
        "/plugins/one": "source",
        "/src": "source",
        "/tests": "test",
        "/stubs": "source",
        "/dist": "excludeFolder",
        "/.pants.d": "excludeFolder",
        "/.pids": "excludeFolder",
    }
    assert snippet_of(module).endswith(
        '    </content>\n    <orderEntry type="inheritedJdk" />\n'
        '    <orderEntry type="sourceFolder" forTests="false" />\n  </component>\n</module>\n'
    )
    [entry] = ElementTree.fromstring(snippet_of(modules)).findall("component/modules/module")
    assert entry.attrib == {"fileurl": f"file://$PROJECT_DIR$/{OWN}", "filepath": f"$PROJECT_DIR$/{OWN}"}


def test_what_the_user_has_chosen_stays() -> None:
    [module] = documents(workspace(present=frozenset({".idea/kiln.iml"})))
    edited = edit(WRITTEN_BY_PYCHARM, module)
    assert folders(edited.text) == {
        "/scripts": "source",
        "/plugins/one": "source",
        "/src": "source",
        "/stubs": "source",
        "/tests": "excludeFolder",
        "/node_modules": "excludeFolder",
        "/dist": "excludeFolder",
        "/.pants.d": "excludeFolder",
        "/.pids": "excludeFolder",
    }
    assert edited.text.count("<orderEntry") == 2
    kept = [line for line in edited.text.splitlines() if line in WRITTEN_BY_PYCHARM.splitlines()]
    assert kept == WRITTEN_BY_PYCHARM.splitlines()
    assert edit(edited.text, module).text == edited.text
    assert [change.key for change in edited.changes] == [*["sourceFolder"] * 3, *["excludeFolder"] * 3]


def test_another_content_root_is_left_to_the_user() -> None:
    """As IntelliJ IDEA has it for a module of a part of the repository."""
    module = documents(workspace())[0]
    text = WRITTEN_BY_PYCHARM.replace('<content url="file://$MODULE_DIR$">', '<content url="file://$MODULE_DIR$/src">')
    with pytest.raises(CannotEditError, match="line 4: it already has another <content>"):
        edit(text, module)


def test_the_build_root_as_a_source_root() -> None:
    module = documents(workspace(source_roots=(".",), stubs=None))[0]
    assert folders(snippet_of(module))[""] == "source"


def test_which_module() -> None:
    both = frozenset({".idea/a.iml", OWN, "b.iml"})
    assert [one.path for one in documents(workspace(present=both))] == [OWN]
    with pytest.raises(UserError, match=r"several modules, and none of them is it's é\.iml: \.idea/a\.iml, b\.iml"):
        documents(workspace(present=both - {OWN}))


def test_what_cannot_be_set_is_said() -> None:
    [note] = notes(workspace())
    assert note.what.startswith("PyCharm keeps interpreters in a file of the user, so ide-config cannot set one.")
    assert "export-all-resolves --include=main --venv-link=main; or choose " in note.fix
    for there in (".venv", ".idea/misc.xml"):
        assert notes(workspace(present=frozenset({there}))) == ()


def test_the_goal(run: Run, root: Path) -> None:
    (root / ".idea").mkdir()
    iml = f".idea/{root.name}.iml"
    result = run()
    assert result.stdout == f"{iml}: written, for pycharm\n.idea/modules.xml: written, for pycharm\n"
    assert "PyCharm keeps interpreters in a file of the user" in result.stderr
    assert folders((root / iml).read_text())["/tests"] == "test"
    assert run("--check").exit_code == 0
    (root / iml).write_text((root / iml).read_text().replace('/src" isTestSource', '/source" isTestSource'))
    checked = run("--check")
    folder = '<sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />'
    assert (checked.exit_code, checked.stdout) == (1, f"{iml}: sourceFolder: have nothing, want {folder}\n")
    (root / ".venv").symlink_to(MAIN)
    assert "PyCharm keeps" not in run().stderr
    printed = run("--print=pycharm").stdout
    assert printed.startswith("<?xml")  # the list of modules is there


def test_a_stale_interpreter_of_a_run_configuration(run: Run, root: Path) -> None:
    (root / ".idea/runConfigurations").mkdir(parents=True)
    configuration = root / ".idea/runConfigurations/Server.xml"
    python = "$PROJECT_DIR$/dist/export/fake/trees/main/{}/bin/python"
    text = '<component name="ProjectRunConfigurationManager">\n  <option name="SDK_HOME" value="{}" />\n</component>\n'
    configuration.write_text(text.format(python.format("0.9")))
    run()
    assert configuration.read_text() == text.format(python.format("1.0"))


def test_a_file_that_does_not_parse_is_left_alone(run: Run, root: Path) -> None:
    (root / ".idea").mkdir()
    iml = root / f".idea/{root.name}.iml"
    iml.write_text("<module>")
    result = run()
    assert result.exit_code == 1
    assert f".idea/{root.name}.iml is left alone: line 1: no element found." in result.stderr
    assert '      <sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />' in result.stderr
    assert iml.read_text() == "<module>"
