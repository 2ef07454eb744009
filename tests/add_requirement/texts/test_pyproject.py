"""Requirements go to their places in pyproject.toml, and no byte outside of the splice changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.add_requirement.texts.edits import CannotEditRequirementsError
from devflow.add_requirement.texts.pyproject import with_requirement, without_requirement
from devflow.common.toml_file import parse_toml

TEXT = """\
# é
[project]
name = "x"
dependencies = [
  'a>=1',  # why
  # of c
  'c',
]

[project.optional-dependencies]
web = ["d", "f"]

[tool.x]
y = "é"
"""


@pytest.mark.parametrize(
    ("requirement", "extra", "old", "new", "line"),
    [
        ("b", "", "  # of c\n", "  'b',\n  # of c\n", 6),
        ("z[x]>1", "", "  'c',\n", "  'c',\n  'z[x]>1',\n", 8),
        ("A==2", "", "'a>=1'", "'A==2'", 5),
        ("e", "web", '"d", "f"', '"d", "e", "f"', 11),
        ("e", "cli", 'web = ["d", "f"]\n', 'web = ["d", "f"]\ncli = ["e"]\n', 12),
        ("d>=2", "", '["d",', '["d>=2",', 11),
        ('b; python_version > "3"', "", "  # of c\n", "  'b; python_version > \"3\"',\n  # of c\n", 6),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places(requirement: str, extra: str, old: str, new: str, line: int, newline: str) -> None:
    edit = with_requirement(TEXT.replace("\n", newline), requirement, extra)
    assert edit.text == TEXT.replace(old, new).replace("\n", newline)
    assert edit.line == line
    assert with_requirement(edit.text, requirement, extra).line == 0


def test_the_array_is_made() -> None:
    assert with_requirement('[project]\nname = "x"\n', "a").text == '[project]\nname = "x"\ndependencies = ["a"]\n'


def test_removal() -> None:
    edit = without_requirement(TEXT, "a")
    assert edit.line == 5
    assert parse_toml(edit.text, "")["project"]["dependencies"] == ["c"]
    assert without_requirement(TEXT, "zzz").text == TEXT


@pytest.mark.parametrize(
    "text",
    ['[project]\noptional-dependencies = {web = ["a"]}\n', '[project]\ndependencies = ["a<1", "a>2"]\n', "[project\n"],
)
def test_what_has_no_place(text: str) -> None:
    with pytest.raises(CannotEditRequirementsError):
        with_requirement(text, "a>=9")


GAPS = st.sampled_from(["", " ", "\n  ", "  # é, 'x'\n  ", "\n  # above, é\n  "])


@given(
    st.lists(
        st.tuples(GAPS, st.sampled_from(["aiohttp", "Click", "zope.interface"]), GAPS), unique_by=lambda one: one[1]
    ),
    st.booleans(),
    GAPS,
    st.sampled_from(["boto3>=1", "aaa"]),
)
def test_all_other_bytes_stay(items: list[tuple[str, str, str]], comma: bool, last: str, requirement: str) -> None:
    body = ",".join(f"{before}'{name}'{after}" for before, name, after in items)
    head, foot = "# é\n[project]\ndependencies = [", ']\n[tool.x]\ny = "é"\n'
    edit = with_requirement(f"{head}{body}{',' if comma and items else ''}{last}{foot}", requirement)
    assert edit.text.startswith(head)
    assert edit.text.endswith(foot)
    listed = parse_toml(edit.text, "")["project"]["dependencies"]
    assert [one for one in listed if one != requirement] == [name for _, name, _ in items]
    assert requirement in edit.text.splitlines()[edit.line - 1]
