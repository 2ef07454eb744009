"""Random configurations of alembic, with named sections, each beside some directories. Each seed gives one."""

from __future__ import annotations

import random
from pathlib import Path

_DIRECTORIES = ("one", "two/versions", "with/versions/old", "three four")


def write_configuration(root: Path, seed: int) -> tuple[str, str]:
    """An `alembic.ini` in a directory of its own: that directory, and a section to read."""
    rnd = random.Random(seed)
    for name in _DIRECTORIES:
        (root / name).mkdir(parents=True)
    lines = []
    if rnd.random() < 0.3:
        lines += ["[DEFAULT]", "where = two", *_options(rnd)]
    sections = rnd.sample(("alembic", "crm", "billing", "with space"), rnd.randint(1, 3))
    for section in sections:
        lines += [f"[{section}]", *_options(rnd)]
    if rnd.random() < 0.1:
        lines.append("where = x")
    lines += ["[loggers]", "keys = root"]
    (root / "alembic.ini").write_text("\n".join(lines) + "\n")
    return str(root), rnd.choice([*sections, sections[0], "alembic", "gone"])


def _options(rnd: random.Random) -> list[str]:
    lines = []
    if rnd.random() < 0.85:
        location = rnd.choice(("one", "%(here)s/two", "%(here)s", ".", "gone", "three four", "%(here)s/one/../with"))
        lines.append(f"script_location = {location}")
    if rnd.random() < 0.4:
        separator = rnd.choice((" ", " ", ":", ";", None))
        chosen = rnd.sample(("one", "%(here)s/two", "gone", "with/versions", "%(here)s/one"), rnd.randint(1, 3))
        lines.append(f"version_locations = {(separator or ', ').join(chosen)}")
        if separator and rnd.random() < 0.9:
            names = {" ": "space", ":": rnd.choice((":", "os")), ";": ";"}
            lines.append(f"version_path_separator = {rnd.choice((names[separator],) * 9 + ('|',))}")
    if rnd.random() < 0.3:
        lines.append(f"recursive_version_locations = {rnd.choice(('true', 'True', 'false', 'yes'))}")
    return lines
