"""Decides, from the fields of a target, which wheels it makes and which of its values are wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.platform_wheels.facts import PLATFORMS, RESOURCES, TAGS, DesiredWheel

_SYSTEMS = {"darwin": "macos", "osx": "macos"}
_MACHINES = {"aarch64": "arm64", "amd64": "x86_64", "x64": "x86_64"}
# Source: "Platform compatibility tags" of the PyPA's specifications, with PEP 600 and 656.
_TAG = re.compile(
    r"manylinux(?:1|2010|2014|_\d+_\d+)_\w+|musllinux_\d+_\d+_\w+|macosx_\d+_\d+_\w+|win32|win_(?:amd64|arm64)"
)
_LINUX = re.compile(r"linux_\w+")
_MACHINE = re.compile(r"_(?P<machine>x86_64|amd64|aarch64|arm64|universal2)$")
EXAMPLES = {
    "linux_arm64": "manylinux2014_aarch64",
    "linux_x86_64": "manylinux2014_x86_64",
    "macos_arm64": "macosx_11_0_arm64",
    "macos_x86_64": "macosx_10_15_x86_64",
}


class PlatformsError(Exception):
    """The problems of a target or its files. `package` prints each problem with its fix."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))


def canonical(platform: str) -> str | None:
    """Pants' name for a platform, also if the platform is written in another usual way; None for an unknown one."""
    system, _, machine = platform.lower().replace("-", "_").partition("_")
    name = f"{_SYSTEMS.get(system, system)}_{_MACHINES.get(machine, machine)}"
    return name if name in PLATFORMS else None


def unknown_platforms(target: str, directory: str, field: str, names: Iterable[str]) -> list[Problem]:
    """A problem for each key of a field that is not a platform."""
    return [
        Problem(
            f"{target}: {field}: '{name}' is not a platform.{_nearest(name)}",
            fix=f"in the BUILD file in {directory}, write one of {', '.join(PLATFORMS)}",
        )
        for name in names
        if name not in PLATFORMS
    ]


def _nearest(name: str) -> str:
    meant = canonical(name)
    return f" Did you mean '{meant}'?" if meant else did_you_mean(name, PLATFORMS)


def selected(only: Iterable[str]) -> frozenset[str]:
    """The platforms that `--platform-wheels-only` names. Raises: UserError for an unknown platform."""
    found = set()
    for name in only:
        platform = canonical(name)
        if not platform:
            raise UserError(
                f"--platform-wheels-only={name}: there is no such platform.{_nearest(name)}",
                fix=f"choose from {', '.join(PLATFORMS)}",
            )
        found.add(platform)
    return frozenset(found)


def desired_wheels(
    target: str,
    directory: str,
    platforms: Mapping[str, Mapping[str, tuple[str, ...]]],
    only: frozenset[str],
    allow_empty: bool,
) -> tuple[DesiredWheel, ...]:
    """The wheels of a target, sorted by platform, without those that `only` leaves out. It may leave out all of them.

    Raises: PlatformsError. All platforms are checked, whichever are chosen, so that a wrong value is an error on each
    machine.
    """
    at = f"{target}: platforms"
    fix = f"in the BUILD file in {directory}, "
    problems = unknown_platforms(target, directory, "platforms", platforms)
    if not platforms:
        problems.append(Problem(f"{at}: there is none.", fix=f"{fix}give an entry to {' or '.join(PLATFORMS)}"))
    for platform, entry in platforms.items():
        problems += _problems_of(f"{at}['{platform}']", fix, platform, entry, allow_empty)
    problems += _shared_tags(at, fix, platforms)
    if problems:
        raise PlatformsError(problems)
    return tuple(
        DesiredWheel(platform, entry.get(RESOURCES, ()), tuple(dict.fromkeys(entry[TAGS])))
        for platform, entry in sorted(platforms.items())
        if not only or platform in only
    )


def lacking(
    target: str,
    directory: str,
    own: Collection[str],
    only: Collection[str],
    of_others: Collection[str],
    *,
    is_named: bool,
) -> list[Problem]:
    """A problem for each platform of `only` for which no wheel is made.

    `own` are the platforms of the target, `of_others` those of the other targets of the repository. A target that the
    command line names must have each platform; of the targets that a glob finds, one is enough.
    """
    return [
        Problem(
            f"{target}: platforms: there is no '{platform}', which --platform-wheels-only asks for.",
            fix=f"choose from {', '.join(sorted(own))}, or, in the BUILD file in {directory}, give it an entry",
        )
        for platform in sorted(set(only).difference(own))
        if is_named or platform not in of_others
    ]


def left_out(target: str, only: Collection[str]) -> str:
    """The line of `package` for a target that has no wheel for the chosen platforms."""
    return f"No wheel of {target}: it has none for {' or '.join(sorted(only))}."


def _problems_of(
    at: str, fix: str, platform: str, entry: Mapping[str, tuple[str, ...]], allow_empty: bool
) -> list[Problem]:
    problems = [
        Problem(
            f"{at}: '{key}' is not a key of an entry.{did_you_mean(key, (RESOURCES, TAGS))}",
            fix=f"{fix}write {RESOURCES} or {TAGS}",
        )
        for key in entry
        if key not in (RESOURCES, TAGS)
    ]
    if not entry.get(RESOURCES) and not allow_empty:
        problems.append(Problem(f"{at} has no resources.", fix=f"{fix}name them, or set allow_empty=True"))
    if not entry.get(TAGS):
        tag = EXAMPLES.get(platform, EXAMPLES["linux_x86_64"])
        problems.append(Problem(f"{at} has no tags.", fix=f'{fix}name what the files run on, such as {TAGS}=["{tag}"]'))
    problems += [
        Problem(
            f"{at}: '{tag}' is not the tag of a platform{_why_not(tag)}.",
            fix=f"{fix}write one such as {', '.join(EXAMPLES.values())}",
        )
        for tag in entry.get(TAGS, ())
        if not _TAG.fullmatch(tag) and not _LINUX.fullmatch(tag)
    ]
    return problems


def _why_not(tag: str) -> str:
    if tag == "any":
        return ": a wheel that fits any platform would be installed without its files' working there"
    if tag.count("-") == 2:
        return f": only its last part is, '{tag.rpartition('-')[2]}'"
    return ""


def _shared_tags(at: str, fix: str, platforms: Mapping[str, Mapping[str, tuple[str, ...]]]) -> list[Problem]:
    """Refuse a tag of two platforms: an installer could take either wheel, and equal tags give one file name."""
    owners: dict[str, list[str]] = {}
    for platform, entry in sorted(platforms.items()):
        for tag in dict.fromkeys(entry.get(TAGS, ())):
            owners.setdefault(tag, []).append(platform)
    return [
        Problem(f"{at}: {' and '.join(several)} have the same tag '{tag}'.", fix=f"{fix}leave it to one of them")
        for tag, several in owners.items()
        if len(several) > 1
    ]


def notes_of(tags: Iterable[str]) -> list[str]:
    """Notes about valid tags."""
    return [
        f"Note: package indexes refuse the tag {tag}; they take {EXAMPLES['linux_x86_64']} and the like."
        for tag in tags
        if _LINUX.fullmatch(tag)
    ]


def machines_of(tags: Iterable[str]) -> frozenset[str] | None:
    """The machines of wheels with these tags, by Pants' names; None if a tag is for another machine."""
    found: set[str] = set()
    for tag in tags:
        match = _MACHINE.search(tag)
        if not match:
            return None
        machine = match["machine"]
        found |= {"arm64", "x86_64"} if machine == "universal2" else {_MACHINES.get(machine, machine)}
    return frozenset(found)
