"""No box that people write into is left out of the check of hostile texts."""

from __future__ import annotations

import pytest
from sqlalchemy import JSON, Column, MetaData, String, Table, Text

from mcm_core.services import instruments
from mcm_core.store.engine import read, write
from mcm_core.store.tables import Base
from tests.security import boxes
from tests.security.strings import FAR, hostile

FETCHING = [word for word in hostile() if FAR in word and len(word) <= 60][:20]


@pytest.fixture
def written(sqlite: str) -> set[str]:
    """The columns into which `told` has written."""
    with write() as db:
        instruments.register(db)
    boxes.told(boxes.Told(), FETCHING, 0)
    with read() as db:
        return boxes.filled(db, Base.metadata.sorted_tables)


def test_every_column_that_can_hold_somebodys_words_is_filled(written: set[str]) -> None:
    assert boxes.forgotten(Base.metadata, written) == set()


def test_what_is_said_to_hold_nobodys_words_holds_none_and_exists(written: set[str]) -> None:
    excused = {name for names in boxes.NOBODY_WRITES.values() for name in names.split()}

    assert not excused & written
    assert excused <= {str(column) for table in Base.metadata.sorted_tables for column in table.columns}


def test_a_new_column_that_nobody_fills_is_found(written: set[str]) -> None:
    """The negative control, and what it finds: text of any length and JSON, and a box that `told` left out."""
    metadata = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    metadata.tables["guest"].append_column(Column("greeting", Text))
    Table("poem", metadata, Column("id", String(16), primary_key=True), Column("line", String(9)), Column("x", JSON))

    assert boxes.forgotten(metadata, written - {"signposting.lines"}) == {
        "guest.greeting", "poem.line", "poem.x", "signposting.lines",
    }  # fmt: skip
