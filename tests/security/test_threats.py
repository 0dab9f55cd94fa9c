"""docs/threats.md names tests that exist; no threat and no check of the design without one, and without its control."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "threats.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| (T?\d+|–) \|", line)
]
NAMED = [test for row in ROWS for test in re.findall(r"`(tests/[^`]+)`", row[-1])]


def test_every_threat_of_the_design_has_a_row() -> None:
    assert [int(row[0]) for row in ROWS if row[0].isdecimal()] == list(range(1, 28))


def test_every_check_of_the_design_has_a_row() -> None:
    assert [int(row[0][1:]) for row in ROWS if row[0].startswith("T")] == [3, *range(12, 30), *range(34, 41)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_every_threat_has_a_test_and_a_negative_control(row: list[str]) -> None:
    """The control is one test, named; what it controls is another one."""
    controls = set(re.findall(r"`(tests/[^`]+::test_[^`]+)` \(control\)", row[-1]))

    assert controls
    assert set(re.findall(r"`(tests/[^`]+)`", row[-1])) - controls


@pytest.mark.parametrize("named", sorted(set(NAMED)))
def test_the_test_exists(named: str) -> None:
    file, _, test = named.partition("::")

    text = (ROOT / file).read_text(encoding="utf-8")
    assert not test or re.search(rf"def {re.escape(test)}\(", text), named
