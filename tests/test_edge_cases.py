"""docs/edge-cases.md has a row for each situation of the design, and no row without a test or the reason why not."""

from __future__ import annotations

import pytest

from tests.proofs import Row, exists, table

ROWS = table("edge-cases.md", r"\d+|[A-C]")


def test_every_situation_of_the_design_has_a_row() -> None:
    assert [row.key for row in ROWS] == [*map(str, range(1, 61)), "A", "B", "C"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.cells[:2]))
def test_every_row_says_what_happens_and_names_its_test_or_why_it_is_left_out(row: Row) -> None:
    _, situation, happens, shown = row.cells
    left_out = shown.partition("**left out:** ")[2]

    assert situation
    assert (happens and row.named) or left_out, "a row without a test says why"


def test_few_rows_are_left_out_whole() -> None:
    assert [row.key for row in ROWS if not row.named] == ["52", "53", "54"]


@pytest.mark.parametrize("named", sorted({named for row in ROWS for named in row.named}))
def test_the_test_exists(named: str) -> None:
    assert exists(named)


def test_the_check_notices_a_test_that_is_gone() -> None:
    assert not exists("tests/test_edge_cases.py::test_that_nobody_wrote")
    assert not exists("tests/test_nowhere.py")
