"""Start the engine of Pants in this process, take in a file, watch one, and run a program: in a world that is broken.

python -m doctor.start_engine OPTION…
"""

from __future__ import annotations

import os
import sys
import tempfile

from pants.engine.fs import CreateDigest, Digest, FileContent, PathGlobs
from pants.engine.process import Process, ProcessResult
from pants.init.logging import initialize_stdio_raw, stdio_destination
from pants.testutil.rule_runner import QueryRule, RuleRunner
from pants.util.logging import LogLevel


def main() -> None:
    """Raises: what Pants raises."""
    with (
        tempfile.TemporaryDirectory() as workdir,
        initialize_stdio_raw(LogLevel.INFO, False, False, {}, True, [], workdir),
        stdio_destination(0, 1, 2),
    ):
        runner = RuleRunner(rules=[QueryRule(ProcessResult, [Process])], bootstrap_args=sys.argv[1:])
        runner.make_snapshot({"file": os.urandom(50_000).hex()})  # which no store has
        runner.write_files({"file": "x"})
        runner.request(Digest, [PathGlobs(["*"])])
        program = FileContent("program", f"#!/bin/sh\n# {os.urandom(8).hex()}\n".encode(), is_executable=True)
        sandbox = runner.request(Digest, [CreateDigest([program])])
        runner.request(ProcessResult, [Process(["./program"], description="run it", input_digest=sandbox)])
        print("It works.", flush=True)


if __name__ == "__main__":
    main()
