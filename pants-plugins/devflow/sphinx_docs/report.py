"""Text and JSON of the goals `docs-links` and `docs-translate`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from devflow.common.report import count, json_report
from devflow.sphinx_docs.answer import is_broken_link, one_line
from devflow.sphinx_docs.facts import BrokenLink, SphinxAnswer, UpdatedCatalog

Links = Mapping[str, Sequence[BrokenLink]]  # by the address of the site


def broken_links(answer: SphinxAnswer) -> tuple[BrokenLink, ...]:
    """The broken links that a run has found: external links, or warnings about references."""
    asked = [
        BrokenLink(f"{link.path}:{link.line}", f"{link.status}: {link.uri}: {' '.join(link.info.split())}")
        for link in answer.links
        if link.status in ("broken", "timeout")
    ]
    looked_up = [
        BrokenLink(warning.where, one_line(warning)[len(f"{warning.where}: ") if warning.where else 0 :])
        for warning in answer.warnings
        if is_broken_link(warning)
    ]
    return tuple(sorted({*asked, *looked_up}))


def link_lines(found: Links) -> Iterator[str]:
    """One line for each broken link."""
    for links in found.values():
        yield from (f"{link.where}: {link.why}" if link.where else link.why for link in links)


def links_as_json(found: Links, *, external: bool) -> str:
    """See docs/goals/docs-links.md."""
    results = [{"site": site, "where": link.where, "why": link.why} for site, links in found.items() for link in links]
    return json_report("docs-links", schema_version=1, mode="external" if external else "internal", results=results)


def links_closing(found: Links) -> Iterator[str]:
    """One line for each site."""
    for site, links in found.items():
        yield f"{site}: {count(len(links), 'broken link') if links else 'no broken links'}"


def catalog_lines(catalogs: Iterable[UpdatedCatalog], *, check: bool) -> Iterator[str]:
    """One line for each catalog that changes."""
    for catalog in catalogs:
        does = ("would be made" if check else "made") if catalog.is_new else ("is out of date" if check else "updated")
        yield f"{catalog.path}: {does}, {catalog.untranslated} of {count(catalog.messages, 'message')} to translate"


def catalogs_as_json(catalogs: Iterable[UpdatedCatalog], *, check: bool) -> str:
    """See docs/goals/docs-translate.md."""
    results = [
        {"path": one.path, "new": one.is_new, "messages": one.messages, "untranslated": one.untranslated}
        for one in catalogs
    ]
    return json_report("docs-translate", schema_version=1, mode="check" if check else "write", results=results)


def catalogs_closing(changed: int, *, check: bool) -> str:
    """The last line."""
    if not changed:
        return "All catalogs are up to date."
    return f"{'Would write' if check else 'Wrote'} {count(changed, 'catalog')}."
