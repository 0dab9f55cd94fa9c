"""What the bench stands on beside the votes: its bars, its copies of a cohort, and whose bytes are whose."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mcm_core.services import audit
from mcm_core.store.engine import read
from mcm_core.store.tables import CohortRow, MemberRow, NoteRow, ReadingRow
from tests.load import copies
from tests.load.bars import Bars
from tests.load.first_screen import WHY, Loaded, part_of
from tests.load.history import a_finished_cohort

EACH = {CohortRow: 1, MemberRow: 20, NoteRow: 100}


@pytest.mark.parametrize(("measured", "missed"), [(250.0, []), (250.1, ["room"]), (math.nan, ["room"])])
def test_a_bar_is_missed_above_its_limit_and_without_a_figure(measured: float, missed: list[str]) -> None:
    bars = Bars()
    bars.at_most("room", measured, 250, "ms")
    bars.holds("all back", met=True)

    assert bars.missed == missed
    assert ("**missed**" in bars.table()) == bool(missed)


def test_copies_of_a_cohort_are_whole_and_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "local"))
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    people = a_finished_cohort(tmp_path / "local")
    with read() as db:
        answers = db.scalar(select(func.count()).select_from(ReadingRow)) or 0

    copies.multiply(2)

    with read() as db:
        found = {table: db.scalar(select(func.count()).select_from(table)) for table in [*EACH, ReadingRow]}
        strangers = db.execute(text("PRAGMA foreign_key_check")).all()
        wrong = audit.verified(db).wrong
    assert found == {table: 3 * each for table, each in EACH.items()} | {ReadingRow: 3 * answers}
    assert strangers == []
    assert wrong is None
    assert len(people.visits()) > 10


def test_what_is_ours_is_told_from_what_is_streamlits() -> None:
    drawn, other = ForwardMsg(), ForwardMsg()
    drawn.delta.new_element.bidi_component.component_name = "mcm_ballot"
    other.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    loaded = Loaded(
        files=Counter({"/static/js/index.js": 900, "/assets/bar.css": 40, "/assets/new.js": 2}),
        messages=Counter({part_of(drawn): 7, part_of(other): 8}),
    )

    assert loaded.total == 957
    assert loaded.ours() == {"/assets/bar.css": 40, "mcm_ballot": 7, "/assets/new.js": 2}
    assert set(loaded.ours()) - set(WHY) == {"/assets/new.js"}
