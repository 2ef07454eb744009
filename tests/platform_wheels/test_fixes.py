"""What works after a printed fix of `package`: the edit is made as it is written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from platform_wheels.conftest import Run
from platform_wheels.test_package import ARM_WHEEL, ENTRIES, X86_WHEEL, made, refused, wheel_target, write
from platform_wheels.wheels import ANY


def works(package: Run, root: Path) -> None:
    assert package("src/acme/runner:wheel").exit_code == 0
    assert made(root) == [ARM_WHEEL, X86_WHEEL]


def test_a_distribution_that_makes_no_wheel(package: Run, root: Path) -> None:
    write(root, wheel_target(), dist='distribution(name="dist", wheel=False)\n')
    message = re.search(r"src/acme/runner:dist has no wheel\.\n  Fix: set (\S+) in its BUILD file", refused(package))
    assert message
    write(root, wheel_target(), dist=f'distribution(name="dist", {message[1]})\n')
    works(package, root)


def test_a_key_that_an_entry_does_not_have(package: Run, root: Path) -> None:
    wrong = {name: entry.replace('"resources"', '"files"') for name, entry in ENTRIES.items()}
    write(root, wheel_target(wrong))
    text = refused(package)
    assert "platforms['linux_arm64']: 'files' is not a key of an entry.\n" in text
    named = re.search(r"Fix: in the BUILD file in src/acme/runner, write (\w+) or (\w+)", text)
    assert named
    write(root, wheel_target({name: entry.replace('"files"', f'"{named[1]}"') for name, entry in wrong.items()}))
    works(package, root)


def test_a_wheel_that_cannot_be_read(package: Run, root: Path) -> None:
    def accepted() -> bool:
        package("src/acme/runner:dist")
        test = [sys.executable, "-m", "zipfile", "--test", str(root / "dist" / ANY)]
        is_whole = subprocess.run(test, capture_output=True, check=False).returncode == 0
        (root / "dist" / ANY).unlink()
        return is_whole

    write(root, wheel_target(), dist='distribution(name="dist", files=[])\n')
    text = refused(package)
    assert "Making the wheel for linux_arm64 failed: zipfile.BadZipFile: File is not a zip file\n" in text
    assert "Fix: correct src/acme/runner:dist, until `python3 -m zipfile --test` accepts the wheel that this" in text
    assert re.search(r"makes: \S+ package src/acme/runner:dist$", text, re.MULTILINE)
    assert not accepted()
    write(root, wheel_target())
    assert accepted()
    works(package, root)
