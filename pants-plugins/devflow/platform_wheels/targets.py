"""The targets `platform_wheel` and `platform_resources`.

Their fields accept any value of the right type: a wrong value for one platform must never break `list` or `dependents`
of a whole repository, so only `package` checks values. All addresses in the fields, of every platform, are dependencies
that only project introspection sees: `--changed-dependents` finds the wheel of each platform on each machine.
"""

# Without `from __future__ import annotations`: `pants help` evaluates the annotations, on Python 3.9, too.

from collections.abc import Iterable, Mapping
from typing import Optional, Union

from pants.engine.addresses import Address, UnparsedAddressInputs
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    BoolField,
    Dependencies,
    InvalidFieldTypeException,
    SequenceField,
    SpecialCasedDependencies,
    Target,
)
from pants.util.frozendict import FrozenDict
from pants.util.strutil import softwrap

from devflow.platform_wheels.facts import RESOURCES

Words = Union[str, Iterable[str]]


def directory_of(address: Address) -> str:
    """The directory of the BUILD file of a target, for messages."""
    return address.spec_path or "the build root"


def _words(value: object) -> Optional[tuple[str, ...]]:
    """A string, or a list of strings, as a tuple; None for any other value."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Iterable) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _by_name(value: object) -> Optional[dict[str, object]]:
    """A dictionary with strings as keys; None for any other value."""
    is_one = isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
    return dict(value) if is_one else None  # type: ignore[call-overload]


def _words_by_name(value: object) -> Optional[dict[str, tuple[str, ...]]]:
    """A dictionary from strings to a string, or to a list of strings; None for any other value."""
    named = _by_name(value)
    words = {key: _words(item) for key, item in named.items()} if named is not None else {"": None}
    found = {key: item for key, item in words.items() if item is not None}
    return found if len(found) == len(words) else None


class _AddressesField(SpecialCasedDependencies):
    """A field whose value contains addresses, in any structure."""

    def addresses(self) -> tuple[str, ...]:
        """All addresses in the value, as written in the BUILD file."""
        raise NotImplementedError

    def to_unparsed_address_inputs(self) -> UnparsedAddressInputs:
        """All addresses in the value."""
        return self.unparsed(self.addresses())

    def unparsed(self, addresses: Iterable[str]) -> UnparsedAddressInputs:
        """Some addresses of the value, for the engine."""
        return UnparsedAddressInputs(
            addresses,
            owning_address=self.address,
            description_of_origin=f"the `{self.alias}` field of {self.address}",
        )


class PlatformWheelDistributionField(_AddressesField):
    """One address."""

    alias = "distribution"
    required = True
    value: str  # type: ignore[assignment]
    help = softwrap(
        """
        The address of the `python_distribution` whose wheel is made for each platform. Its dependencies must not
        include resources of a platform. Example: `distribution=":dist"`.
        """
    )

    @classmethod
    def compute_value(cls, raw_value: Optional[str], address: Address) -> Optional[str]:  # type: ignore[override]
        """Raises: InvalidFieldTypeException."""
        value = super(SequenceField, cls).compute_value(raw_value, address)
        if not isinstance(value, str):
            raise InvalidFieldTypeException(address, cls.alias, raw_value, expected_type="a string")
        return value

    def addresses(self) -> tuple[str, ...]:
        """The one."""
        return (self.value,)


class PlatformWheelPlatformsField(_AddressesField):
    """The entries of platforms: platform → key → strings."""

    alias = "platforms"
    required = True
    value: FrozenDict[str, FrozenDict[str, tuple[str, ...]]]  # type: ignore[assignment]
    help = softwrap(
        """
        For each platform, the files that its wheel has in addition to the distribution, and its platform tags.

        The platforms are linux_arm64, linux_x86_64, macos_arm64 and macos_x86_64. Example:
        `platforms={"linux_arm64": {"resources": [":arm"], "tags": ["manylinux2014_aarch64"]}}`.
        """
    )

    @classmethod
    def compute_value(  # type: ignore[override]
        cls, raw_value: Optional[dict[str, dict[str, Words]]], address: Address
    ) -> Optional[FrozenDict[str, FrozenDict[str, tuple[str, ...]]]]:
        """Raises: InvalidFieldTypeException for another shape."""
        value = super(SequenceField, cls).compute_value(raw_value, address)
        named = _by_name(value)
        entries = {platform: _words_by_name(entry) for platform, entry in named.items()} if named is not None else {}
        found = {platform: FrozenDict.deep_freeze(words) for platform, words in entries.items() if words is not None}
        if named is None or len(found) < len(entries):
            expected = 'a dictionary such as {"linux_arm64": {"resources": [":arm"], "tags": ["…"]}}'
            raise InvalidFieldTypeException(address, cls.alias, raw_value, expected_type=expected)
        return FrozenDict.deep_freeze(found)

    def addresses(self) -> tuple[str, ...]:
        """The resources of all platforms, as addresses."""
        return tuple(dict.fromkeys(one for entry in self.value.values() for one in entry.get(RESOURCES, ())))


class PlatformWheelAllowEmptyField(BoolField):
    """A flag."""

    alias = "allow_empty"
    default = False
    help = "Whether a platform may have no resources, or resources without any file."


class PlatformWheelTarget(Target):
    """See docs/goals/platform-wheels.md."""

    alias = "platform_wheel"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        PlatformWheelDistributionField,
        PlatformWheelPlatformsField,
        PlatformWheelAllowEmptyField,
    )
    help = softwrap(
        """
        The wheels of a distribution that has different files on each platform. `package` makes one wheel for each, with
        the files and the tags of that platform.
        """
    )


class PlatformResourcesMapField(_AddressesField):
    """Platform → addresses."""

    alias = "dependency_map"
    value: Optional[FrozenDict[str, tuple[str, ...]]]  # type: ignore[assignment]
    help = softwrap(
        """
        The resources of each platform: an address, or several. Example:
        `dependency_map={"linux_arm64": ":arm", "linux_x86_64": ":x86"}`.
        """
    )

    @classmethod
    def compute_value(  # type: ignore[override]
        cls, raw_value: Optional[dict[str, Words]], address: Address
    ) -> Optional[FrozenDict[str, tuple[str, ...]]]:
        """Raises: InvalidFieldTypeException for another shape."""
        value = super(SequenceField, cls).compute_value(raw_value, address)
        if value is None:
            return None
        found = _words_by_name(value)
        if found is None:
            expected = 'a dictionary such as {"linux_arm64": ":arm", "linux_x86_64": [":x86"]}'
            raise InvalidFieldTypeException(address, cls.alias, raw_value, expected_type=expected)
        return FrozenDict.deep_freeze(found)

    def addresses(self) -> tuple[str, ...]:
        """The resources of all platforms, as addresses."""
        return tuple(dict.fromkeys(one for several in (self.value or {}).values() for one in several))


class PlatformResourcesDependenciesField(Dependencies):
    """Infers the resources of the chosen platform."""


class PlatformResourcesAllowEmptyField(BoolField):
    """A flag."""

    alias = "allow_empty"
    default = False
    help = "Whether a distribution may be packaged for a platform that has no entry in `dependency_map`."


class PlatformResourcesTarget(Target):
    """See docs/goals/platform-wheels.md."""

    alias = "platform_resources"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        PlatformResourcesMapField,
        PlatformResourcesDependenciesField,
        PlatformResourcesAllowEmptyField,
    )
    help = "The resources of one platform: the platform on which Pants runs, or `[platform-specific-resources].target`."
