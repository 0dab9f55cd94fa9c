"""A cohort goes to another computer in one file: every number is the same there, and no door stands open."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mcm_core import demo
from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import backups as making
from mcm_core.services import (
    bags,
    cohorts,
    consents,
    journeys,
    members,
    moving,
    notes,
    readings,
    releases,
    reports,
    resets,
    restoring,
    tickets,
)
from mcm_core.services.round_rows import as_round
from mcm_core.store import archive, erasures
from mcm_core.store import engine as store
from mcm_core.store.engine import read, write
from mcm_core.store.migrate import migrate
from mcm_core.store.tables import (
    Base,
    CohortRow,
    FacilitationRow,
    FacilitatorRow,
    InstrumentRow,
    MemberRow,
    RoundRow,
    SignInRow,
)
from mcm_core.web import report_csv
from tests.services.people import NOW, a_cohort, a_facilitator, a_member, signed_in
from tests.services.stories import Group, a_group, an_anonymous_round, close_and_reveal, drop, run_round

AT = datetime(2026, 3, 5, 15, 2, tzinfo=UTC)


def as_facilitator(db: Session, facilitator_id: str) -> Visitor:
    """Signed in anew, as after `mcm reset-link`."""
    db.execute(update(FacilitatorRow).values(active=True))
    return signed_in(db, tickets.redeem(db, tickets.issue(db, facilitator_id, at=AT), at=AT), at=AT)


def as_member(db: Session, lead: Visitor, member_id: str) -> Visitor:
    """At a phone of their own, let in by a new link."""
    members.reissue(db, lead, member_id, at=AT)
    link = members.link_token(db, lead, member_id, at=AT)
    return signed_in(db, members.join_by_link(db, link, browser_token=None, at=AT).token, at=AT)


def every_number(cohort_id: str) -> dict[str, Any]:
    """Every picture, journey and report of a cohort, as its people see them."""
    with write() as db:
        owner = select(FacilitationRow.facilitator_id).where(FacilitationRow.cohort_id == cohort_id)
        lead = as_facilitator(db, db.scalars(owner.order_by(FacilitationRow.facilitator_id)).first() or "")
        all_rounds = db.scalars(select(RoundRow).where(RoundRow.cohort_id == cohort_id).order_by(RoundRow.id)).all()
        found: dict[str, Any] = {
            "cohort": (cohorts.get(db, lead, cohort_id).name, cohorts.get(db, lead, cohort_id).sessions),
            "releases": {row.id: releases.of_round(db, lead, as_round(db, row)) for row in all_rounds},
            "turnout": {row.id: readings.turnout(db, lead, row.id, at=AT).complete for row in all_rounds},
            "ours": journeys.ours(db, lead, cohort_id),
            "notes": [(note.id, note.body, note.by, note.created_at) for note in notes.wall(db, lead, cohort_id)],
        }
        report = reports.ours(db, lead, cohort_id, to_share=True)
        kept_inside = report.kept_inside and bool(all_rounds)  # with no round, only who joined by a link counts
        found["report"] = (report_csv.ours(found["ours"]), kept_inside, [note.body for note in report.notes])
        for who in members.roster(db, lead, cohort_id):
            member = as_member(db, lead, who.id)
            journey = journeys.mine(db, member) if member.role is Role.MEMBER else ()  # closed until they have read
            found[who.id] = (who.name, report_csv.mine(journey), consents.mine(db, member))
    return found


@pytest.fixture
def elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """From here on the test is at another computer: another folder, another secret."""
    folder = home / "elsewhere"
    folder.mkdir()
    monkeypatch.setenv("MCM_LOCAL", str(folder))
    monkeypatch.setenv("MCM_SECRET", "the secret of another computer, long enough")
    return folder


@pytest.fixture
def demo_cohorts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The demo as `mcm demo` makes it, on SQLite: a finished cohort and one in the middle of session three."""
    folder = tmp_path / "demo"
    monkeypatch.setattr(demo, "FOLDER", folder)
    monkeypatch.setenv("MCM_LOCAL", str(folder))
    monkeypatch.setenv("MCM_SECRET", "a secret for tests that is long enough")
    monkeypatch.setenv("MCM_SECOND_FACTOR", "off")
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)
    demo.ensure(AT)
    with read() as db:
        return [id_ for id_, _ in moving.packable(db)]


def test_the_demo_is_the_same_on_postgresql_and_on_sqlite_again(
    on_postgres: str, demo_cohorts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {id_: every_number(id_) for id_ in demo_cohorts}
    archives = [moving.pack(id_, at=AT, to=tmp_path / "stick") for id_ in demo_cohorts]
    assert len(before[demo_cohorts[0]]["ours"]) == 6
    store.engine(store.database_url()).dispose()

    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "second"))
    monkeypatch.setenv("MCM_DATABASE_URL", on_postgres)
    there = [moving.unpack(path, at=AT) for path in archives]
    assert {one.cohort_id: every_number(one.cohort_id) for one in there} == before
    back = [moving.pack(id_, at=AT, to=tmp_path / "stick") for id_ in demo_cohorts]

    monkeypatch.setenv("MCM_LOCAL", str(tmp_path / "third"))
    monkeypatch.delenv("MCM_DATABASE_URL")
    migrate()
    for path in back:
        moving.unpack(path, at=AT)
    assert {id_: every_number(id_) for id_ in demo_cohorts} == before

    with write() as db:  # the control: one answer of one person is missed
        db.execute(text("DELETE FROM reading WHERE rowid = (SELECT min(rowid) FROM reading)"))
    assert {id_: every_number(id_) for id_ in demo_cohorts} != before
    store.engine(store.database_url()).dispose()


def test_what_travels_and_what_stays_is_decided_for_every_table() -> None:
    """A new table either has a `cohort_id`, and travels, or is decided about in services/moving.py."""
    travels = {table.name for table, _ in moving._of("any")}

    assert travels | moving.STAYS == {table.name for table in Base.metadata.sorted_tables}
    assert not travels & moving.STAYS


@pytest.fixture
def packed(sqlite: str, home: Path) -> tuple[Group, Path]:
    """A cohort with a bit of everything, in a file; beside it another one that must stay where it is."""
    with write() as db:
        group = a_group(db, 6)
        run_round(db, group.facilitator, group.cohort, group.members, 1, [(2, 3)] * 6)
        hidden = an_anonymous_round(db, group, 2)
        drop(db, hidden, group.members, [(2, 3)] * 6, comment="quietly")
        close_and_reveal(db, group.facilitator, hidden, at=NOW)
        consents.say(db, group.members[0], Purpose.TOTALS_BEYOND, yes=False, at=NOW)
        for who in (group.facilitator, group.members[0]):
            notes.add(
                db, who, group.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
                audience=Audience.COHORT, attribution=Attribution.NAME, body=f"by {who.name}", at=NOW,
            )  # fmt: skip
        opened = an_anonymous_round(db, group, 3)
        drop(db, opened, group.members[:2], [(2, 3)] * 2)
        gil = a_facilitator(db, "gil")
        a_member(db, gil, a_cohort(db, gil, "Friday group"), "Secret Sam")
    return group, moving.pack(group.cohort.id, at=AT, to=home / "stick")


def moved(path: Path) -> moving.Brought:
    """Taken over on the computer where the test is now."""
    migrate()
    return moving.unpack(path, at=AT)


@pytest.fixture
def there(packed: tuple[Group, Path], elsewhere: Path, on_another: str) -> moving.Brought:
    return moved(packed[1])


@pytest.fixture(params=["sqlite", "postgres"])
def on_another(request: pytest.FixtureRequest, packed: object, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The database of the other computer: empty."""
    if request.param == "postgres":
        address = request.getfixturevalue("on_postgres")
        monkeypatch.setenv("MCM_LOCAL", str(elsewhere))
        monkeypatch.setenv("MCM_SECRET", "the secret of another computer, long enough")
    else:
        address = f"sqlite:///{elsewhere / 'mcm.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", address)
    yield address
    store.engine(address).dispose()


def test_nothing_of_another_cohort_and_nothing_that_opens_a_door_is_in_the_file(
    packed: tuple[Group, Path], tmp_path: Path
) -> None:
    _, path = packed
    assert path.name.startswith("cohort-")
    assert "uesday" not in path.name
    with zipfile.ZipFile(path) as packed_:
        content = packed_.read("database.sqlite3")
    with read() as db:
        hashes = [one for one in db.scalars(select(FacilitatorRow.password_hash)) if one]
        tokens = db.scalars(select(SignInRow.token_hash)).all()
    assert b"by Ada" in content
    for secret in ("Secret Sam", "Friday group", "gil", *hashes, *tokens):
        assert secret.encode() not in content


def test_members_join_again_by_new_links_and_old_ones_are_dead(
    packed: tuple[Group, Path], elsewhere: Path, on_another: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, path = packed
    ada = group.members[0].member_id or ""
    with monkeypatch.context() as here:
        here.setenv("MCM_DATABASE_URL", f"sqlite:///{elsewhere.parent / 'test.sqlite3'}")
        here.setenv("MCM_SECRET", "a secret for tests that is long enough")
        with read() as db:
            old = members.links.token_of(db.get_one(MemberRow, ada))
            codes_began = db.get_one(CohortRow, group.cohort.id).code
    there = moved(path)

    with write() as db:
        assert db.scalars(select(SignInRow)).all() == []
        lead = as_facilitator(db, group.facilitator.facilitator_id or "")
        new = members.link_token(db, lead, ada, at=AT)
        assert not members.join_by_link(db, new, browser_token=None, at=AT).waiting
        with pytest.raises(NotAllowed):
            members.join_by_link(db, old, browser_token=None, at=AT)
        assert db.get_one(CohortRow, there.cohort_id).code != codes_began


def test_its_facilitator_gets_a_way_in_from_the_console(there: moving.Brought) -> None:
    assert there.new_accounts == ("fay",)
    with write() as db:
        assert db.scalars(select(FacilitatorRow.password_hash)).all() == [None]
        token = resets.link(db, "fay", at=AT)
        resets.use(db, token, "a new password, long enough", at=AT)


def test_nobody_gets_a_cohort_because_of_a_name(packed: tuple[Group, Path], elsewhere: Path, on_another: str) -> None:
    migrate()
    with write() as db:
        stranger = a_facilitator(db, "fay", name="Another Fay")

    there = moved(packed[1])

    (username,) = there.new_accounts
    assert username.startswith("fay-")
    with write() as db:
        assert cohorts.of_visitor(db, stranger) == ()


def test_a_cohort_that_is_here_already_is_refused(there: moving.Brought, packed: tuple[Group, Path]) -> None:
    with pytest.raises(Conflict, match="“Tuesday group” is on this server already"):
        moved(packed[1])

    with read() as db:
        assert len(db.scalars(select(MemberRow)).all()) == 6


def test_other_words_under_the_same_version_are_refused(
    packed: tuple[Group, Path], elsewhere: Path, on_another: str
) -> None:
    migrate()
    with write() as db:
        a_group(db, 1, username="tom", name="Another")
        row = db.scalars(select(InstrumentRow).where(InstrumentRow.key == "meaningful_connections")).one()
        row.content = row.content.replace("Safety", "Shelter")

    with pytest.raises(Refused, match="other words for version"):
        moved(packed[1])

    with read() as db:
        assert len(db.scalars(select(MemberRow)).all()) == 1


def test_an_open_anonymous_round_is_answered_anew(there: moving.Brought, packed: tuple[Group, Path]) -> None:
    group, _ = packed
    with write() as db:
        opened = db.scalars(select(RoundRow).where(RoundRow.state == "open")).one()
        lead = as_facilitator(db, group.facilitator.facilitator_id or "")
        phones = [as_member(db, lead, who.member_id or "") for who in group.members]
        round_ = as_round(db, opened)
        drop(db, round_, phones, [(2, 3)] * 6)
        assert bags.sent(db, phones[0], opened.id)
        close_and_reveal(db, lead, round_, at=AT)


def test_who_was_erased_there_since_is_erased_again(
    packed: tuple[Group, Path], elsewhere: Path, on_another: str
) -> None:
    migrate()
    erasures.remember(packed[0].members[0].member_id or "", keep_notes=False)

    assert moved(packed[1]).erased == 1

    with read() as db:
        assert "Ada" not in db.scalars(select(MemberRow.name)).all()


UNSAID = """
CREATE TABLE blind AS SELECT * FROM facilitation; DROP TABLE facilitation; ALTER TABLE blind RENAME TO facilitation;
"""  # as if its tables did not say what refers to what


def forged(packed: Path, made: Path, lead: str, victim: Group, *, first: str = "") -> Path:
    """The file, with another cohort for its lead in it, whose members it calls erased."""
    with archive.opened(packed) as (manifest, file):
        with closing(sqlite3.connect(file)) as copy:
            copy.executescript(first)
            copy.execute("INSERT INTO facilitation VALUES (?, ?, 'co-facilitator', 0)", (lead, victim.cohort.id))
            copy.commit()
            rows = archive.rows_of(copy)
        erased = {who.member_id or "": False for who in victim.members}
        archive.write(made, file, manifest.model_copy(update={"rows": rows, "erased": erased}))
    return made


def test_a_forged_file_reaches_no_other_cohort(
    packed: tuple[Group, Path], elsewhere: Path, on_another: str, home: Path
) -> None:
    """Somebody made a file that gives them another cohort here, and calls its members erased."""
    migrate()
    with write() as db:
        victim = a_group(db, 3, username="tom", name="Victims")
    with archive.opened(packed[1]) as (_, file), closing(sqlite3.connect(file)) as copy:
        lead = copy.execute("SELECT id FROM facilitator").fetchone()[0]

    with pytest.raises(archive.BadArchive, match="refer to others that do not exist"):
        moved(forged(packed[1], home / "forged.zip", lead, victim))
    moved(forged(packed[1], home / "blind.zip", lead, victim, first=UNSAID))

    with write() as db:
        assert len(members.roster(db, victim.facilitator, victim.cohort.id)) == 3
        assert len(cohorts.of_visitor(db, as_facilitator(db, lead))) == 1
    assert erasures.remembered() == {}


def test_a_file_of_one_kind_is_not_taken_for_the_other(packed: tuple[Group, Path]) -> None:
    with pytest.raises(Refused, match="Use: mcm import-cohort"):
        restoring.restore(packed[1], at=AT)
    with pytest.raises(Refused, match="Use: mcm restore"):
        moving.unpack(making.make(at=AT), at=AT)


def test_a_cohort_that_does_not_exist_is_refused(sqlite: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no cohort nowhere"):
        moving.pack("nowhere", at=AT, to=tmp_path)


def test_both_are_written_down(there: moving.Brought) -> None:
    with read() as db:
        assert db.execute(text("SELECT deed, cohort_id FROM audit")).all() == [("cohort brought here", there.cohort_id)]
