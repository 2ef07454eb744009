"""Start the engine of Pants in this process, take in a file, and watch one: in the world that a test has broken.

python -m doctor.start_engine OPTION…
"""

from __future__ import annotations

import os
import sys
import tempfile

from pants.engine.fs import Digest, PathGlobs
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
        runner = RuleRunner(bootstrap_args=sys.argv[1:])
        runner.make_snapshot({"file": os.urandom(50_000).hex()})  # which no store has
        runner.write_files({"file": "x"})
        runner.request(Digest, [PathGlobs(["*"])])
        print("It works.", flush=True)


if __name__ == "__main__":
    main()
