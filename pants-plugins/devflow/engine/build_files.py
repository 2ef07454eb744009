"""What the targets of a repository are made from, as one value, for which a goal remembers what it needs of them.

The engine looks at every target again in each run, because BUILD files may read variables of the run. That takes as
long as a whole trivial goal, and more with each file.
"""

from __future__ import annotations

import hashlib
import re

from pants.engine.fs import PathGlobs

from devflow.engine.files import read_files
from devflow.engine.session import scoped_options

# A BUILD file, or a macro, that reads a variable of the run. Source: `BUILDFileEnvVarExtractor` of Pants.
_READS_VARIABLE = re.compile(rb"\benv\s*\(")


async def build_files_fingerprint() -> str | None:
    """Of all BUILD files and macros: what has the same one has the same targets, for the same source files.

    None if they do not decide alone, because one of them reads a variable.
    """
    scoped = await scoped_options("")
    options = scoped.options
    globs = [f"**/{pattern}" for pattern in options.build_patterns]
    ignored = [f"!{pattern}" for pattern in options.build_ignore]
    found = await read_files(PathGlobs([*globs, *ignored, *options.build_file_prelude_globs]))
    if any(_READS_VARIABLE.search(one.content) for one in found):
        return None
    fingerprint = hashlib.sha256()
    for one in found:
        fingerprint.update(f"{one.path}\0{len(one.content)}\0".encode(errors="surrogateescape"))
        fingerprint.update(one.content)
    return fingerprint.hexdigest()
