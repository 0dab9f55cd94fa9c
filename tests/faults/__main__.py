"""`make faults`: every module here that has a `run() -> bool`, or those named, each with its row. Ends with 1 when a
bar is missed.

Everything happens on this machine, and stops by itself.
"""

from __future__ import annotations

import pkgutil
import sys
import time
from importlib import import_module
from pathlib import Path

from tests.faults.row import HEAD


def faults() -> list[str]:
    """The names of the modules that hold a long form, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return [name for name in names if not name.startswith(("_", "test_")) and hasattr(_module(name), "run")]


def main(wanted: list[str]) -> int:
    """Run them, or those that are wanted; how many missed their bar."""
    print(HEAD, flush=True)
    missed = []
    for name in wanted or faults():
        began = time.monotonic()
        if not _module(name).run():
            missed.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    if missed:
        print(f"\nMissed: {', '.join(missed)}", flush=True)
    return len(missed)


def _module(name: str):
    return import_module(f"tests.faults.{name}")


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
