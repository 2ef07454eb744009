from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.splices import CannotEditError
from devflow.ide_config.formats.xml_edit import XmlElement, parse, put

ROOT = XmlElement("module", (("type", "PYTHON_MODULE"), ("version", "4")))
MANAGER = XmlElement("component", (("name", "NewModuleRootManager"),))
CONTENT = XmlElement("content", (("url", "file://$MODULE_DIR$"),))
SRC = XmlElement("sourceFolder", (("url", "file://$MODULE_DIR$/src"), ("isTestSource", "false")))
NEW = """\
<?xml version="1.0" encoding="UTF-8"?>
<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$">
      <sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />
    </content>
  </component>
</module>
"""
# As PyCharm writes it for a new project.
FRESH = """\
<?xml version="1.0" encoding="UTF-8"?>
<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$" />
    <orderEntry type="inheritedJdk" />
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
  <component name="TestRunnerService">
    <option name="PROJECT_TEST_RUNNER" value="py.test" />
  </component>
</module>
"""
FOLDER = '<sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />'


@pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
def test_a_new_file(text: str) -> None:
    made = put(text, (ROOT, MANAGER, CONTENT, SRC))
    assert made.lstrip("\ufeff") == NEW
    assert put(made, (ROOT, MANAGER, CONTENT, SRC)) == made


def test_an_element_without_content_is_opened() -> None:
    opened = f'<content url="file://$MODULE_DIR$">\n      {FOLDER}\n    </content>'
    wanted = FRESH.replace('<content url="file://$MODULE_DIR$" />', opened)
    assert put(FRESH, (ROOT, MANAGER, CONTENT, SRC)) == wanted
    windows = FRESH.replace("\n", "\r\n")
    assert put(windows, (ROOT, MANAGER, CONTENT, SRC)) == wanted.replace("\n", "\r\n")


def test_it_comes_after_the_last_of_its_tag() -> None:
    excluded = XmlElement("excludeFolder", (("url", "file://$MODULE_DIR$/dist"),))
    with_both = put(
        put(NEW, (ROOT, MANAGER, CONTENT, excluded)),
        (ROOT, MANAGER, CONTENT, XmlElement("sourceFolder", (("url", "x"),))),
    )
    assert with_both == NEW.replace(
        FOLDER, f'{FOLDER}\n      <sourceFolder url="x" />\n      <excludeFolder url="file://$MODULE_DIR$/dist" />'
    )


def test_what_is_there_stays_as_it_is() -> None:
    mine = NEW.replace('isTestSource="false"', "isTestSource='true' packagePrefix=\"a\"").replace(
        "<content", "<!-- <content> --><content"
    )
    assert put(mine, (ROOT, MANAGER, CONTENT, SRC)) == mine
    excluded = NEW.replace("sourceFolder", "excludeFolder")
    instead = (XmlElement("excludeFolder", SRC.attributes[:1]),)
    assert put(excluded, (ROOT, MANAGER, CONTENT, SRC), instead) == excluded


def test_on_one_line_and_with_a_comment_at_the_end() -> None:
    line = "<module><component name='NewModuleRootManager'></component></module>"
    changed = put(line, (XmlElement("module"), MANAGER, CONTENT))
    assert ElementTree.fromstring(changed)[0][0].attrib == {"url": "file://$MODULE_DIR$"}
    comment = "<module>\n  <!-- mine: </module> -->\n</module>\n"
    assert put(comment, (XmlElement("module"), MANAGER)) == (
        '<module>\n  <!-- mine: </module> -->\n  <component name="NewModuleRootManager" />\n</module>\n'
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<module>", "line 1: no element found"),
        ("<module>\n</modul>", "line 2: mismatched tag"),
        ("<project version='4'/>", "line 1: it is a <project>, and should be a <module>"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>\n<module/>", "line 1: it has a document type"),
        ("<module>\0</module>", "line 1: not well-formed (invalid token)"),
        ("{}", "line 1: not well-formed (invalid token)"),
    ],
)
def test_what_cannot_be_edited(text: str, why: str) -> None:
    with pytest.raises(CannotEditError) as caught:
        put(text, (ROOT, MANAGER))
    assert str(caught.value) == why


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=8)
ELEMENTS = st.builds(lambda tag, value: XmlElement(tag, (("url", value),)), st.sampled_from(["a", "b"]), WORDS)


@given(st.lists(st.lists(ELEMENTS, min_size=1, max_size=3), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_all_that_is_put_is_there_and_once_is_enough(paths: list[list[XmlElement]], newline: str) -> None:
    text = f"<module>{newline}</module>{newline}"
    root = XmlElement("module")
    for path in paths:
        text = put(text, (root, *path))
        assert put(text, (root, *path)) == text
    ElementTree.fromstring(text)
    for path in paths:
        node = parse(text)
        for element in path:
            found = node.child(element)
            assert found
            node = found
