"""The third intruder, afterwards (T21): who answered, beside what is kept of the answers, in the file and its copies.

Pairs are counted as the strongest reader would: whoever is known to have answered a round of which all counted answers
to a question are the same, answered that. (What a copy tells while a round is open is said on the ballot.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from mcm_core.domain import anonymous
from mcm_core.domain.round import Round
from mcm_core.services import bags, moving, releases, rounds
from mcm_core.store import archive, backups
from mcm_core.store.copying import connected
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AnsweredRow, BagRow, ReleaseRow
from tests.services.people import NOW
from tests.services.stories import Group, a_group, an_anonymous_round, drop

ALIKE, APART = [(2, 3)] * 12, [(1, 2), (2, 3), (3, 4), (4, 4)] * 3


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        return a_group(db, 12)


def pairs(db: Connection) -> set[tuple[str, str]]:
    """Who is known to have given which answer, out of all that any table holds of anonymous rounds."""
    told = set()
    flags = [(row.round_id, row.member_id) for row in db.execute(select(AnsweredRow.__table__))]
    kept = [(row.round_id, row.theme, row.counts or {}) for row in db.execute(select(ReleaseRow.__table__))]
    for bag in db.execute(select(BagRow.__table__)):
        flags += [(bag.round_id, who) for who in bag.answered]
        kept += [(bag.round_id, theme, counts) for theme, counts in bag.counts.items()]
    for round_id, theme, counts in kept:
        for asked, numbers in counts.items():
            given = [place for place, number in enumerate(numbers) if number]
            if asked in {"current", "desired"} and len(given) == 1:
                told |= {(who, f"{theme} {asked} {given}") for about, who in flags if about == round_id}
    return told


def copies(group: Group, home: Path) -> Iterator[set[tuple[str, str]]]:
    """The pairs in the database, in a backup of it and in the file of the cohort for another computer."""
    with read() as db:
        yield pairs(db.connection())
    made = backups.make(at=NOW, to=home / "stick"), moving.pack(group.cohort.id, at=NOW, to=home / "stick")
    for path in made:
        with archive.opened(path) as (_, file), connected(file) as copy:
            yield pairs(copy)


def answered_by(group: Group, people: int, answers: list[tuple[int, int]]) -> Round:
    with write() as db:
        round_ = an_anonymous_round(db, group)
        drop(db, round_, group.members[:people], answers[:people], comment="words of few")
    return round_


def close(group: Group, round_: Round) -> Round:
    with write() as db:
        return rounds.close(db, group.facilitator, round_.id, version=round_.version, at=NOW)


@pytest.mark.parametrize("answers", [ALIKE, APART], ids=["alike", "apart"])
@pytest.mark.parametrize("people", [0, 1, 3, 5, 8, 12])
def test_from_the_close_on_no_file_tells_who_answered_what(
    group: Group, home: Path, people: int, answers: list[tuple[int, int]]
) -> None:
    closed = close(group, answered_by(group, people, answers))
    found = list(copies(group, home))
    with write() as db:
        shown = rounds.reveal(db, group.facilitator, closed.id, version=closed.version, at=NOW)
        (tools, safety) = releases.of_round(db, group.facilitator, shown).values()
        flags = len(db.scalars(select(AnsweredRow)).all())
        comments = bags.comments(db, group.facilitator, closed.id).bodies

    assert [*found, *copies(group, home)] == [set()] * 6
    assert (tools.answered, tools.is_shown, safety.is_shown) == (people, people >= 5, people >= 5)
    assert flags == (people if people >= 5 else 0), "of what is never shown it is not kept who answered"
    assert len(comments) == (people if people >= 8 else 0)


@pytest.mark.parametrize("people", [1, 3, 8])
def test_the_control_exact_counts_beside_who_answered_would_tell(
    group: Group, home: Path, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    """As it was: every count was kept for comparing, shown or not, and who answered."""
    remember = bags.remember_who

    def everything(_release, tally):  # type: ignore[no-untyped-def]
        return {"current": list(tally.all_counts())}

    def unseal(db, round_):  # type: ignore[no-untyped-def]
        bag = sealed(db, round_)
        remember(db, round_, bag)
        return bag

    sealed = bags.unseal
    monkeypatch.setattr(anonymous, "kept", everything)
    monkeypatch.setattr(bags, "unseal", unseal)
    monkeypatch.setattr(bags, "remember_who", lambda *_: None)
    close(group, answered_by(group, people, ALIKE))

    assert [len(found) for found in copies(group, home)] == [2 * people] * 3


def test_the_control_while_a_round_is_open_a_copy_tells_as_the_ballot_says(group: Group, home: Path) -> None:
    answered_by(group, 1, ALIKE)
    database, *others = copies(group, home)

    assert len(database) == 4, "two themes, now and hoped for"
    assert others == [set(), set()], "backups and the cohort's own file leave open bags out"


def test_a_closed_round_shows_nothing_yet_and_its_bag_holds_only_comments_that_may_be_read(group: Group) -> None:
    closed = close(group, answered_by(group, 8, ALIKE))

    with read() as db:
        (bag,) = db.scalars(select(BagRow)).all()
        assert (bag.answered, bag.counts, len(bag.comments)) == ([], {}, 8)
        assert releases.of_round(db, group.facilitator, closed) == {}
        assert bags.comments(db, group.facilitator, closed.id).bodies == ()


def test_not_one_comment_of_few_is_left_in_the_file_of_sqlite(sqlite: str, home: Path) -> None:
    with write() as db:
        group = a_group(db, 12)
    round_ = answered_by(group, 3, ALIKE)
    assert b"words of few" in (home / "test.sqlite3").read_bytes(), "the control: while it is open it is there"

    close(group, round_)

    with closing(sqlite3.connect(home / "test.sqlite3")) as file:
        assert file.execute("SELECT count(*) FROM bag").fetchone() == (0,)
    assert b"words of few" not in (home / "test.sqlite3").read_bytes()
