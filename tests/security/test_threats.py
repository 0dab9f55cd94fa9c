"""docs/threats.md names tests that exist; no threat and no check of the design without one, and without its control."""

from __future__ import annotations

import pytest

from tests.proofs import Row, exists, table

ROWS = table("threats.md", r"T?\d+|–")


def test_every_threat_of_the_design_has_a_row() -> None:
    assert [int(row.key) for row in ROWS if row.key.isdecimal()] == list(range(1, 28))


def test_every_check_of_the_design_has_a_row() -> None:
    assert [int(row.key[1:]) for row in ROWS if row.key.startswith("T")] == [3, *range(12, 30), *range(34, 41)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.cells[:2]))
def test_every_threat_has_a_test_and_a_negative_control(row: Row) -> None:
    assert row.controls
    assert set(row.named) - row.controls


@pytest.mark.parametrize("named", sorted({named for row in ROWS for named in row.named}))
def test_the_test_exists(named: str) -> None:
    assert exists(named)
