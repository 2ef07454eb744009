"""A program by which an interpreter determines its own environment markers. Pure.

Source: PEP 508, and `packaging.markers.default_environment`; the interpreter itself may have no `packaging`.
"""

from __future__ import annotations

# Sets `markers`: name of the variable → value. What follows prints them.
MARKERS_PROGRAM = """\
import json, os, platform, sys
version = sys.implementation.version
implementation = "%d.%d.%d" % version[:3]
if version.releaselevel != "final":
    implementation += version.releaselevel[0] + str(version.serial)
markers = {
    "implementation_name": sys.implementation.name,
    "implementation_version": implementation,
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_release": platform.release(),
    "platform_system": platform.system(),
    "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "platform_python_implementation": platform.python_implementation(),
    "python_version": ".".join(platform.python_version_tuple()[:2]),
    "sys_platform": sys.platform,
}
"""
