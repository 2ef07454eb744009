"""TCP ports that tests running side by side do not fight for."""

import os

PORTS_PER_SLOT = 10


def slot_port(base: int, offset: int = 0) -> int:
    """The port `base + offset`, moved to the range of this test process's execution slot."""
    if not 0 <= offset < PORTS_PER_SLOT:
        raise ValueError(f"offset must be below {PORTS_PER_SLOT}: {offset}")
    slot = int(os.environ.get("BACKEND_TEST_EXEC_SLOT", "0"))
    return base + slot * PORTS_PER_SLOT + offset
