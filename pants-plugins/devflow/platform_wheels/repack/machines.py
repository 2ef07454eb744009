"""Detects the machine of a program by its first bytes."""

from __future__ import annotations

import struct

HEAD_BYTES = 4096  # enough for each header

# Source: the ELF specification, `e_machine`; <mach/machine.h>, `cpu_type_t`.
_ELF = {62: "x86_64", 183: "arm64"}
_MACH_O = {0x01000007: "x86_64", 0x0100000C: "arm64"}
_MOST_IN_FAT = 20  # a class file of Java begins with the same bytes, followed by its version, which is a larger number


def machines_of_file(head: bytes) -> frozenset[str]:
    """The machines that a file runs on: "arm64", "x86_64", or another one by number; empty if it is no program."""
    if head[:4] == b"\x7fELF" and len(head) >= 20:
        order = ">" if head[5] == 2 else "<"
        return frozenset([_named(_ELF, struct.unpack_from(f"{order}H", head, 18)[0])])
    if head[:4] in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe") and len(head) >= 8:
        return frozenset([_named(_MACH_O, struct.unpack_from("<I", head, 4)[0])])
    if head[:4] == b"\xca\xfe\xba\xbe" and len(head) >= 8:
        count = struct.unpack_from(">I", head, 4)[0]
        if 0 < count <= _MOST_IN_FAT and len(head) >= 8 + 20 * count:
            return frozenset(_named(_MACH_O, struct.unpack_from(">I", head, 8 + 20 * i)[0]) for i in range(count))
    return frozenset()


def _named(names: dict[int, str], number: int) -> str:
    return names.get(number, f"machine {number}")
