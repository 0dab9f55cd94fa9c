"""`make security`: every module here that has a `run() -> str`, one after the other, each with its figure.

Ends with 1 when a bar is missed. Everything happens on this machine, and stops by itself.
"""

from __future__ import annotations

import os
import pkgutil
import sys
import time
from importlib import import_module
from pathlib import Path


def checks() -> list[str]:
    """The names of the modules that hold a check, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return [name for name in names if not name.startswith(("_", "test_")) and hasattr(_module(name), "run")]


def main(wanted: list[str]) -> int:
    """Run them, or those that are wanted; how many failed."""
    os.environ.setdefault("MCM_THOROUGH", "1")
    failed = 0
    for name in wanted or checks():
        began = time.monotonic()
        try:
            mark, said = "ok  ", _module(name).run()
        except AssertionError as missed:
            mark, said = "MISS", str(missed)
            failed += 1
        print(f"{mark} {name:10} {said} ({time.monotonic() - began:.0f} s)", flush=True)
    return failed


def _module(name: str):
    return import_module(f"tests.security.{name}")


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
