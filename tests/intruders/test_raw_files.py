"""The third intruder: a copy of the database's files, taken after whichever answer, read byte by byte (T20 to T22).

Whoever copies the files before *and* after one answer sees the difference; that is the operator of the server, and the
ballot says so. One copy, at any moment, must not tell in which order people answered. While a round is open and few
have answered, or all the same, it tells who answered what; that is on the ballot, too. From the close on it must not:
test_looked_up.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from mcm_core.domain.reading import Reading
from mcm_core.services import bags
from mcm_core.store import bag as store_bag
from mcm_core.store import copying, scrub
from mcm_core.store import engine as store
from mcm_core.store.engine import read, write
from mcm_core.store.migrate import head, migrate
from tests.services.people import NOW
from tests.services.stories import Group, a_group, an_anonymous_round, close_and_reveal

PEOPLE = 12


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        return a_group(db, PEOPLE)


def send(group: Group, round_, place: int) -> None:  # type: ignore[no-untyped-def]
    """One whole ballot with a comment that can be found again in the files."""
    ballot = {theme.key: Reading(1 + place % 4, 4) for theme in round_.card.asked}
    with write() as db:
        bags.drop(db, group.members[place], round_.id, ballot, f"comment-of-{place:02}")


def files(database: str) -> Iterator[bytes]:
    """All that lies on the disk for the tables. PostgreSQL's own log is left out: it is the operator's (store.bag)."""
    if database.startswith("sqlite"):
        path = Path(database.removeprefix("sqlite:///"))
        yield from (part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
        return
    with store.engine(database).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        data = Path(str(connection.scalar(text("SHOW data_directory"))))
    for part in (data / "base").rglob("*"):
        if part.is_file():
            yield part.read_bytes()


def states(content: bytes) -> list[set[str]]:
    """Every state of a bag that is found in the files, as the comments that it holds. Free space is read, too."""
    return [
        set(re.findall(r"comment-of-(\d\d)", found.decode()))
        for found in re.findall(rb'\[(?:"comment-of-\d\d"(?:, )?)+\]', content)
    ]


def test_a_copy_of_the_files_holds_one_state_of_the_bag_and_no_earlier_one(database: str, group: Group) -> None:
    with write() as db:
        round_ = an_anonymous_round(db, group)
    order = Random(5).sample(range(PEOPLE), PEOPLE)

    for answered, place in enumerate(order, start=1):
        send(group, round_, place)
        found = [state for content in files(database) for state in states(content)]
        assert {len(state) for state in found} == {answered}, "an earlier state would tell who came between"


def test_nothing_in_a_copy_depends_on_the_order(database: str, group: Group) -> None:
    """The same ballots in two orders leave the same row, to the letter: there is no order in it to recover."""
    left = []
    for seed in range(2):
        with write() as db:
            round_ = an_anonymous_round(db, group, 1 + seed)
        for place in Random(seed).sample(range(PEOPLE), PEOPLE):
            send(group, round_, place)
        with write() as db:
            row = dict(store_bag.look(db, round_.id) or {}) | {"round_id": ""}
            close_and_reveal(db, group.facilitator, round_, at=NOW)
        left.append(json.dumps(row))

    assert left[0] == left[1]
    assert json.loads(left[0])["comments"] == [f"comment-of-{place:02}" for place in range(PEOPLE)]


def test_after_the_reveal_neither_answers_nor_withheld_comments_are_in_the_files(database: str, group: Group) -> None:
    with write() as db:
        round_ = an_anonymous_round(db, group)
    for place in range(PEOPLE):
        send(group, round_, place)
    with write() as db:
        close_and_reveal(db, group.facilitator, round_, at=NOW)
        bags.share_comments(db, group.facilitator, round_.id, chosen=[], at=NOW)

    assert not any(b"comment-of" in content for content in files(database))


def test_flags_after_the_reveal_stand_in_the_order_of_ids(database: str, group: Group) -> None:
    with write() as db:
        round_ = an_anonymous_round(db, group)
    for place in Random(3).sample(range(PEOPLE), PEOPLE):
        send(group, round_, place)
    with write() as db:
        close_and_reveal(db, group.facilitator, round_, at=NOW)
        physically = "ctid" if database.startswith("postgresql") else "member_id"
        ids = list(db.scalars(text(f"SELECT member_id FROM answered ORDER BY {physically}")))

    assert sorted(ids) == ids
    assert len(ids) == PEOPLE


def test_a_write_ahead_log_is_emptied_with_every_answer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SQLite is new enough for WAL, its log would keep every state."""
    for module in (store, scrub):
        monkeypatch.setattr(module, "journal_mode", lambda: "WAL")
    url = f"sqlite:///{home / 'wal.sqlite3'}"
    monkeypatch.setenv("MCM_DATABASE_URL", url)
    migrate(url)
    with write() as db:
        group = a_group(db, PEOPLE)
        round_ = an_anonymous_round(db, group)
    sizes = []
    for answered in range(1, 6):
        send(group, round_, answered - 1)
        sizes.append((home / "wal.sqlite3-wal").stat().st_size)
        assert {len(state) for content in files(url) for state in states(content)} == {answered}

    monkeypatch.setattr(store_bag, "empty_the_log", lambda: None)
    send(group, round_, 6)
    send(group, round_, 7)
    assert sizes == [0] * 5
    assert len({len(state) for content in files(url) for state in states(content)}) > 1, "the control: the log tells"
    store.engine(url).dispose()


# --------------------------------------------------------------------------------------- negative controls


def order_given_back_by(table: str, database: str, key: str) -> list[int]:
    """Twelve answers, one row each, in a table of this shape; back comes the order that the file gives away."""
    physically = "ctid" if database.startswith("postgresql") else "rowid"
    with write() as db:
        db.execute(text(f"CREATE TABLE {table} (id {key} PRIMARY KEY, answer INTEGER)"))
    for place in range(PEOPLE):
        with write() as db:
            chance = Random(place).getrandbits(64)
            db.execute(
                text(f"INSERT INTO {table} (id, answer) VALUES (:id, :answer)"), {"id": f"{chance}", "answer": place}
            )
    with read() as db:
        return list(db.scalars(text(f"SELECT answer FROM {table} ORDER BY {physically}")))


def test_the_control_rows_with_random_keys_give_the_order_back(database: str) -> None:
    """Random keys hide nothing: rowid on SQLite, ctid on PostgreSQL are the order in which people answered."""
    try:
        assert order_given_back_by("by_random_key", database, "VARCHAR(30)") == list(range(PEOPLE))
    finally:
        with write() as db:
            db.execute(text("DROP TABLE by_random_key"))


def test_the_control_an_updated_row_leaves_its_earlier_states_on_postgresql(on_postgres: str, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """What F6 of the design proposed, SELECT FOR UPDATE and UPDATE: every earlier state stays in the page."""

    def update(db, round_id, row):  # type: ignore[no-untyped-def]
        if row and store_bag.look(db, round_id):
            assigned = "answered = :answered, counts = :counts, comments = :comments"
            values = {name: json.dumps(row[name]) for name in ("answered", "counts", "comments")}
            db.execute(text(f"UPDATE bag SET {assigned} WHERE round_id = :id"), values | {"id": round_id})
        else:
            replace(db, round_id, row)

    replace = store_bag.replace
    monkeypatch.setattr(store_bag, "replace", update)
    with write() as db:
        group = a_group(db, PEOPLE)
        round_ = an_anonymous_round(db, group)
    for place in range(6):
        send(group, round_, place)

    found = sorted({len(state) for content in files(on_postgres) for state in states(content)})

    assert len(found) > 1


# ------------------------------------------------------------------------------------------- two backups


def test_backups_without_open_bags_tell_nothing_of_an_answer_between_them(
    sqlite: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T22. The file inside of two backups, byte by byte; the control keeps the open bags."""
    with write() as db:
        group = a_group(db, PEOPLE)
        round_ = an_anonymous_round(db, group)
    copies = {}
    for name in ("before", "after"):
        send(group, round_, 0 if name == "before" else 1)
        for kept in (True, False):
            path = home / f"{name}-{kept}.copy"
            with monkeypatch.context() as weakened:
                if kept:
                    weakened.setattr(copying, "without_open_bags", lambda _copy: None)
                copying.take(path, head())
            copies[name, kept] = path.read_bytes()

    assert states(copies["before", True]) != states(copies["after", True])
    assert states(copies["before", False]) == states(copies["after", False]) == []
    assert copies["before", False] == copies["after", False]
