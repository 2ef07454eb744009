"""What a user's environment may hold for other programs, each with a value that breaks whoever heeds it."""

from __future__ import annotations

from pathlib import Path

# Packages that Pants, pip and the goals import, as another Python's would fail.
_SHADOWED = ("packaging", "pip", "psutil", "setuptools", "sitecustomize", "toml", "typing_extensions", "yaml")
_FAILS = "#!/bin/sh\necho 'hostile: $0 was run' >&2\nexit 1\n"
_NOWHERE = "/nonexistent/hostile"


def hostile(directory: Path, path: str) -> dict[str, str]:
    """The variables, a PATH in front of `path` among them. Nothing may appear in `directory`/written."""
    modules = directory / "modules"
    for name in _SHADOWED:
        (modules / name).mkdir(parents=True)
        (modules / name / "__init__.py").write_text(f"raise ImportError('hostile: {name} is for another Python')\n")
    scripts = directory / "venv" / "bin"
    scripts.mkdir(parents=True)
    for name in ("pip", "python", "python3", "python3.9", "python3.11"):
        (scripts / name).write_text(_FAILS)
        (scripts / name).chmod(0o755)
    written = str(directory / "written")
    fails = str(scripts / "python")
    return {
        "PATH": f"{scripts}:{path}",
        "VIRTUAL_ENV": str(directory / "venv"),
        "PYTHONHOME": _NOWHERE,
        "PYTHONINSPECT": "1",
        "PYTHONOPTIMIZE": "2",
        "PYTHONPATH": str(modules),
        "PYTHONPLATLIBDIR": "hostile",
        "PYTHONSTARTUP": _NOWHERE,
        "PYTHONUSERBASE": written,
        "PYTHONWARNINGS": "error",
        "PIP_CONSTRAINT": _NOWHERE,
        "PIP_DRY_RUN": "1",
        "PIP_NO_DEPS": "1",
        "PIP_PREFIX": written,
        "PIP_PYTHON": fails,
        "PIP_REQUIREMENT": _NOWHERE,
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_ROOT": written,
        "PIP_TARGET": written,
        "PIP_USER": "1",
        "PEX_EXTRA_SYS_PATH": str(modules),
        "PEX_INHERIT_PATH": "prefer",
        "PEX_INTERPRETER": "1",
        "PEX_MODULE": "hostile",
        "PEX_PATH": _NOWHERE,
        "PEX_PYTHON": fails,
        "PEX_PYTHON_PATH": _NOWHERE,
        "PEX_ROOT": written,
        "PEX_SCRIPT": "hostile",
        "PEX_TOOLS": "1",
        "PEX_VERBOSE": "9",
        "UV_CACHE_DIR": written,
        "UV_CONFIG_FILE": _NOWHERE,
        "UV_INDEX_URL": "http://127.0.0.1:9/hostile",
        "UV_PROJECT": _NOWHERE,
        "UV_PYTHON": fails,
        "UV_WORKING_DIR": _NOWHERE,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": _NOWHERE,
        "GIT_ATTR_SOURCE": "hostile",
        "GIT_CEILING_DIRECTORIES": "/",
        "GIT_COMMON_DIR": _NOWHERE,
        "GIT_CONFIG": _NOWHERE,
        "GIT_DIFF_OPTS": "--unified=0",
        "GIT_DIR": written,
        "GIT_EDITOR": fails,
        "GIT_EXTERNAL_DIFF": fails,
        "GIT_GRAFT_FILE": _NOWHERE,
        "GIT_INDEX_FILE": written,
        "GIT_NAMESPACE": "hostile",
        "GIT_OBJECT_DIRECTORY": written,
        "GIT_PAGER": fails,
        "GIT_PREFIX": "hostile/",
        "GIT_SHALLOW_FILE": _NOWHERE,
        "GIT_WORK_TREE": written,
    }
