"""The checksum of the program `cksum`, which a shell script can compare without Python. Pure.

Source: POSIX.1-2017, `cksum`.
"""

from __future__ import annotations

import zlib

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def cksum(content: bytes) -> str:
    """The output of `cksum` for a file, without the name: "3915528286 12"."""
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8, "little")
    # The CRC of zlib has the same polynomial, but takes the bits of a byte in the other order, and begins with ones.
    reversed_crc = zlib.crc32((content + length).translate(_REVERSED), 0xFFFFFFFF)
    return f"{int(f'{reversed_crc:032b}'[::-1], 2)} {size}"
