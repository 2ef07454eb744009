"""A site, a warning and the result of a build, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class WarningsAre(Enum):
    """How `check` treats warnings: the values of the field `warnings`."""

    SHOWN = "show"
    ERRORS = "error"


@dataclass(frozen=True)
class Site:
    """A target with validated fields.

    Paths are relative to the build root; `directory` is that of conf.py, "" for the root.

    `requirements` are those beside Sphinx, None for all of the resolve; `day_s` is the day that pages show, in seconds
    since 1970. `wanted_pythons` are the interpreter constraints that targets of documented code name themselves, each
    with the address of one of them.
    """

    address: str
    directory: str
    resolve: str | None
    requirements: tuple[str, ...] | None
    builders: tuple[str, ...]
    languages: tuple[str, ...]
    warnings_are: WarningsAre
    nitpicky: bool
    suppress: tuple[str, ...]
    defines: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    network: bool
    day_s: int | None
    output_path: str
    timeout_s: int
    wanted_pythons: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def conf_py(self) -> str:
        """The path of conf.py."""
        return f"{self.directory}/conf.py" if self.directory else "conf.py"


@dataclass(frozen=True)
class DocsWarning:
    """A warning of Sphinx.

    `where` is a location such as "docs/a.rst:9", or ""; `kind` is a type such as "ref.doc", or "".
    """

    where: str
    text: str
    kind: str = ""


@dataclass(frozen=True)
class SphinxFailure:
    """Why Sphinx built nothing: Sphinx' name of the kind of error ("Extension error"), and the message."""

    kind: str
    message: str


@dataclass(frozen=True)
class CheckedLink:
    """A link that the builder linkcheck has checked; `status` is the builder's word: "working", "broken", "timeout"."""

    path: str
    line: int
    uri: str
    status: str
    info: str


@dataclass(frozen=True, order=True)
class BrokenLink:
    """A broken link: `where` as in a warning; `why` in Sphinx' words, with the target of the link."""

    where: str
    why: str


@dataclass(frozen=True)
class UpdatedCatalog:
    """A catalog of translations that was made or changed."""

    path: str
    is_new: bool
    messages: int
    untranslated: int


@dataclass(frozen=True)
class SphinxAnswer:
    """The result of a run of Sphinx."""

    warnings: tuple[DocsWarning, ...] = ()
    failure: SphinxFailure | None = None
    links: tuple[CheckedLink, ...] = ()
    catalogs: tuple[UpdatedCatalog, ...] = ()
