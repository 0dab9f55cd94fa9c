"""docs/faults.md names tests and long forms that exist, and no fault without a negative control."""

from __future__ import annotations

import re

import pytest

from tests.faults.__main__ import faults
from tests.proofs import Row, exists, table

ROWS = [row for row in table("faults.md", ".+") if row.named]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_fault_has_a_test_a_control_and_what_exists(row: Row) -> None:
    for each in row.named:
        assert exists(each), each
    for each in re.findall(r"`make faults`: (\w+)", row.cells[2]):
        assert each in faults()
    assert row.controls
