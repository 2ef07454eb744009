"""The mirror of `docs-serve`: what Python and Sphinx make from its files."""

from __future__ import annotations

import py_compile
from pathlib import Path

import pytest

from devflow.sphinx_docs.sandbox.mirror import Mirror, files_below, pattern_of


def test_a_module_that_changes_twice_in_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would take the bytecode of the one before, if both have the same size."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text("a = 1")
    spec = {"directory": "docs", "include": [], "exclude": [], "files": ["x.py"], "inputs": "inputs"}
    mirror = Mirror(spec, "mirror")
    mirror.update()
    compiled = py_compile.compile("mirror/x.py")
    assert compiled
    assert mirror.update() == (False, False)
    assert Path(compiled).exists()
    (tmp_path / "x.py").write_text("a = 2")
    assert mirror.update() == (True, False)
    assert not Path(compiled).exists()


@pytest.mark.parametrize(
    ("glob", "matches", "others"),
    [
        ("**/*", ["a", "a/b", "a/b/c d.rst", "ü"], [".a.swp", "a/.b"]),
        ("*", ["a", "a.rst"], ["a/b"]),
        (".no*", [".nojekyll"], ["nojekyll"]),
        ("guide/**", ["guide/a", "guide/b/c"], ["guide/.a"]),
        ("**/*.md", ["x.md", "a/b/x.md"], ["x.rst", "xmd"]),
        ("_build/**", ["_build/x", "_build/html/x"], ["a_build/x", "_build"]),
        ("**/__pycache__/**", ["__pycache__/x", "a/__pycache__/x/y"], ["pycache/x"]),
        ("a/**/b.rst", ["a/b.rst", "a/c/d/b.rst"], ["ab.rst"]),
        ("BUILD.*", ["BUILD.pants"], ["BUILD", "a/BUILD.pants"]),
        ("page?.[rm]st", ["page1.rst", "page2.mst"], ["page.rst", "page12.rst", "page1.xst"]),
        ("[!a]*.rst", ["b.rst"], ["a.rst"]),
        ("a+(b).rst", ["a+(b).rst"], ["aab.rst"]),
    ],
)
def test_globs(glob: str, matches: list[str], others: list[str]) -> None:
    pattern = pattern_of(glob)
    assert [name for name in (*matches, *others) if pattern.fullmatch(name)] == matches


def test_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those to directories around them would never end."""
    monkeypatch.chdir(tmp_path)
    for path in ("docs/guide/a.rst", "docs/.hidden/x", "docs/.a.rst.swp", "more/b.rst", "c.rst"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("")
    for path, leads_to in {
        "docs/guide/up": "..",
        "docs/guide/self": ".",
        "docs/more": "../more",
        "more/docs": "../docs",
        "docs/c.rst": "../c.rst",
        "docs/gone.rst": "nowhere",
        "docs/loop": "loop",
    }.items():
        Path(path).symlink_to(leads_to)
    assert sorted(files_below("docs")) == ["docs/.a.rst.swp", "docs/c.rst", "docs/guide/a.rst", "docs/more/b.rst"]
    assert list(files_below("nowhere")) == []
