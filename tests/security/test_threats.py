"""docs/threats.md names tests that exist, and no threat without one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "threats.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| (\d+|–) \|", line)
]
NAMED = [test for row in ROWS for test in re.findall(r"`(tests/[^`]+)`", row[3])]


def test_every_threat_of_the_design_has_a_row() -> None:
    assert [int(row[0]) for row in ROWS if row[0] != "–"] == list(range(1, 28))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_every_threat_has_a_test(row: list[str]) -> None:
    assert "tests/" in row[3]


@pytest.mark.parametrize("named", sorted(set(NAMED)))
def test_the_test_exists(named: str) -> None:
    file, _, test = named.partition("::")

    text = (ROOT / file).read_text(encoding="utf-8")
    assert not test or re.search(rf"def {re.escape(test)}\(", text), named
