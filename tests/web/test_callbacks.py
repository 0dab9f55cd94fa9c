"""Streamlit runs callbacks before the page and fragments without it, so a page guards nothing (threat 8).

Everything that the facilitators' pages register is fired over the websocket by those who must not: nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.proto.WidgetStates_pb2 import WidgetState

from mcm_core import start
from mcm_core.domain.visitor import Visitor
from mcm_core.services import facilitators, guests, members, rounds, run_sheets, team, visitors
from mcm_core.store import engine as store
from mcm_core.store.engine import read, write
from mcm_core.store.tables import Base
from tests.load.servers import Server, serving
from tests.load.stages import Ours
from tests.services.people import a_cohort, a_facilitator, a_member, signed_in, the_code
from tests.services.stories import a_card
from tests.web.wire import Widget, Wire, wired

PAGES = ("facilitate", "cohort")


@dataclass(frozen=True)
class Place:
    """A running server, and the cookies of everybody around one cohort in the middle of a vote."""

    server: Server
    cohort_id: str
    fay: Visitor
    tom: Visitor
    cookies: dict[str, str | None]

    def effects(self) -> list[object]:
        """Every row that belongs to the cohort; when a browser was last seen is no effect."""
        found: list[object] = []
        with read() as db:
            for table in Base.metadata.sorted_tables:
                owner = table.c.id if table.name == "cohort" else table.c.get("cohort_id")
                if owner is not None:
                    columns = [column for column in table.c if column.name != "seen_at"]
                    found += sorted(map(repr, db.execute(select(*columns).where(owner == self.cohort_id))))
        return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name in ("MCM_DATABASE_URL", "MCM_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path))
    monkeypatch.setenv("MCM_LIMIT_MESSAGES", "100")  # everything is pressed at once here, by hands that are no person's
    start.prepare()
    at = datetime.now(UTC)
    with write() as db:
        fay, tom = a_facilitator(db, "fay", at=at), a_facilitator(db, "tom", at=at)
        cohort = a_cohort(db, fay, at=at)
        facilitators.accept_as(db, tom, facilitators.invite(db, fay, cohort.id, at=at), at=at)
        team.pass_lead(db, fay, cohort.id, tom.facilitator_id or "", before=fay.facilitator_id)
        ada = a_member(db, fay, cohort, at=at)
        members.knock(db, the_code(db, fay, cohort, at=at), "Ada", network="here", at=at)
        meeting = cohort.session(1).id
        link = guests.invite(db, fay, meeting, "Gus", at=at)
        rounds.draft(db, fay, meeting, a_card(), at=at)
        open_ = rounds.draft(db, fay, meeting, a_card(), at=at)
        rounds.open_(db, fay, open_.id, version=open_.version, at=at)
        run_sheets.make(db, fay, meeting)  # else Tom's own look at it would
        cookies = {
            "nobody": None,
            "a member": visitors.admit(db, member_id=ada.member_id, cohort_id=cohort.id, at=at),
            "a guest": guests.come_in(db, link, browser_token=None, at=at),
            "Tom": visitors.admit(db, facilitator_id=tom.facilitator_id, at=at),
        }
    with serving(list(Ours.command), tmp_path) as server:
        yield Place(server, cohort.id, fay, tom, cookies)
    store.engine(f"sqlite:///{tmp_path / 'mcm.sqlite3'}").dispose()


@contextmanager
def registered(place: Place, page: str) -> Iterator[tuple[Wire, list[Widget]]]:
    """Tom's session on a page that he may see, and what he is offered there."""
    with wired(place.server.address, place.cookies["Tom"]) as wire:
        wire.run(page)
        found = [widget for widget in wire.widgets.values() if widget.kind != "bidi_component"]
        assert len([one for one in found if one.kind == "button"]) >= 4, found
        yield wire, found


def everything(widgets: list[Widget]) -> list[WidgetState]:
    """All of them pressed, ticked and written into at once."""
    return [widget.fired() for widget in widgets]


def fragments(widgets: list[Widget]) -> list[str]:
    """Every fragment that the page registered, those with a button first: the others may draw the page anew."""
    pressed = [one.fragment for one in widgets if one.kind == "button"]
    return [one for one in dict.fromkeys([*pressed, *(one.fragment for one in widgets)]) if one]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_fires_what_a_facilitator_sees(place: Place, page: str) -> None:
    before = place.effects()

    with registered(place, page) as (tom, widgets):
        for who in ("nobody", "a member", "a guest"):
            with wired(place.server.address, place.cookies[who]) as wire:
                wire.run()
                others = [one for one in widgets if one.id not in wire.widgets]  # everybody may sign themselves out
                for fragment in fragments(others):
                    wire.ask(states=everything(others), fragment=fragment, hash_=tom.hash)
                wire.run(states=everything(others), hash_=tom.hash)
                wire.run()

            assert place.effects() == before, who


def removed(place: Place) -> None:
    with write() as db:
        team.remove(db, place.fay, place.cohort_id, place.tom.facilitator_id or "", at=datetime.now(UTC))


def signed_out(place: Place) -> None:
    with write() as db:
        visitors.leave(db, place.cookies["Tom"] or "")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("end", [removed, signed_out])
def test_an_open_page_fires_nothing_once_its_facilitator_is_out(
    place: Place, page: str, end: Callable[[Place], None]
) -> None:
    """Here the callbacks do run, as they were registered by somebody who was allowed to; the verbs refuse."""
    with registered(place, page) as (wire, widgets):
        end(place)
        before = place.effects()

        for fragment in fragments(widgets):
            wire.run(states=everything(widgets), fragment=fragment)
        wire.run(states=everything(widgets))

    assert place.effects() == before
    assert any("nothing here for you" in said for said in wire.said), wire.said


def test_the_wire_would_move_something(place: Place) -> None:
    """The negative control: fired by Tom while he may, the same does what it says."""
    before = place.effects()

    with registered(place, "facilitate") as (wire, widgets):
        wire.run(states=everything(widgets), fragment=fragments(widgets)[0])

    assert place.effects() != before
    with read() as db:
        here = signed_in(db, place.cookies["Tom"] or "", at=datetime.now(UTC))
        stage = rounds.on_stage(db, here, place.cohort_id, at=datetime.now(UTC))
    assert stage is not None
    assert stage.state != "open"
