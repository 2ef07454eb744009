"""Start the engine of Pants in this process, and take in a file: in the world that a test has broken.

python -m doctor.start_engine OPTION…
"""

from __future__ import annotations

import sys
import tempfile

from pants.init.logging import initialize_stdio_raw, stdio_destination
from pants.testutil.rule_runner import RuleRunner
from pants.util.logging import LogLevel


def main() -> None:
    """Raises: what Pants raises."""
    with (
        tempfile.TemporaryDirectory() as workdir,
        initialize_stdio_raw(LogLevel.INFO, False, False, {}, True, [], workdir),
        stdio_destination(0, 1, 2),
    ):
        RuleRunner(bootstrap_args=sys.argv[1:]).make_snapshot({"file": "x" * 100_000})
        print("It works.", flush=True)


if __name__ == "__main__":
    main()
