"""After `make test` has failed: the browser's files that did, once more and alone.

Three browsers share two cores there, and a story in one that fails may only have met a very slow moment. What fails
alone, too, or is not about a browser, or is more than a few files, fails. What passed the second time is named, so that
somebody looks at it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
MOST = 3  # files: more is no chance


def to_try_again(failed: Iterable[str]) -> list[str]:
    """The files of these tests when all of it may be chance, else none. `failed` are pytest's names of tests."""
    files = sorted({name.partition("::")[0] for name in failed})
    chance = len(files) <= MOST and all(file.startswith("tests/browser/") for file in files)
    return files if chance else []


def main() -> int:
    """The result to end with."""
    files = to_try_again(json.loads(FAILED.read_text(encoding="utf-8"))) if FAILED.exists() else []
    if not files:
        return 1
    print(f"\nOnce more, alone: {' '.join(files)}", flush=True)
    result = subprocess.run([sys.executable, "-m", "pytest", *files], check=False).returncode
    print(f"{'Passed' if result == 0 else 'Failed'} alone, after it had failed beside others: {' '.join(files)}")
    return result


if __name__ == "__main__":
    sys.exit(main())
