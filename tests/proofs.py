"""Tables in docs/ whose rows name the tests that prove them: reading them, and what every such table keeps to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    """One row of such a table; what proves it stands in its last cell."""

    cells: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.cells[0]

    @property
    def named(self) -> tuple[str, ...]:
        """The tests that are named, controls too, each as path::name or as a whole file."""
        return tuple(re.findall(r"`(tests/[^`]+)`", self.cells[-1]))

    @property
    def controls(self) -> set[str]:
        """The negative controls among them: each is one test, and what it controls is another one."""
        return set(re.findall(r"`(tests/[^`]+::test_[^`]+)` \(control", self.cells[-1]))


def table(name: str, first_cell: str) -> list[Row]:
    """The rows of docs/<name> whose first cell matches."""
    lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    rows = [Row(tuple(cell.strip() for cell in line.strip("|").split("|"))) for line in lines if line.startswith("| ")]
    return [row for row in rows if re.fullmatch(first_cell, row.key)]


def exists(named: str) -> bool:
    """Whether there is such a test, or such a file of tests."""
    file, _, test = named.partition("::")
    if not (ROOT / file).is_file():
        return False
    wanted = rf"def {re.escape(test)}\(" if test else "def test_"
    return re.search(wanted, (ROOT / file).read_text(encoding="utf-8")) is not None
