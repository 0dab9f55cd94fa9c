"""docs/faults.md names tests and long forms that exist, and no fault without a negative control."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults.__main__ import faults

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "`tests/" in line
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_fault_has_a_test_a_control_and_what_exists(row: list[str]) -> None:
    named = re.findall(r"`(tests/[^`]+)`", row[2])

    for each in named:
        file, _, test = each.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or re.search(rf"def {re.escape(test)}\(", text), each
    for each in re.findall(r"`make faults`: (\w+)", row[2]):
        assert each in faults()
    assert "(control" in row[2]
