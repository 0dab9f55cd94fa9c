"""The log of who did what: whole, in order, without anybody's words, and whoever meddles with it is found."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from mcm_core.domain.audit import WORDS, Actor, Deed
from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.reading import Reading
from mcm_core.services import (
    audit,
    bags,
    cohorts,
    consents,
    facilitators,
    focuses,
    guests,
    members,
    my_data,
    my_sign_ins,
    notes,
    readings,
    resets,
    signing_in,
    signposting,
    tickets,
    visitors,
)
from mcm_core.store import secret
from mcm_core.store.engine import read, write
from mcm_core.store.tables import AuditHeadRow, AuditRow, MemberRow
from tests.services.people import NOW, PASSWORD, a_facilitator, signed_in
from tests.services.racing import race
from tests.services.stories import (
    Group,
    a_group,
    an_anonymous_round,
    an_open_round,
    choose_focus,
    close_and_reveal,
    connections,
    drop,
)

SECRETS = ("zqx-name", "zqx-note", "zqx-label", "zqx-typed")


def deeds() -> list[str]:
    with read() as db:
        return list(db.scalars(select(AuditRow.deed).order_by(AuditRow.number)))


def verified(since: str | None = None) -> audit.Verified:
    with read() as db:
        return audit.verified(db, since=since)


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        return a_group(db, 5)


def an_evening(group: Group) -> None:
    """Everything that is written down, and much that must not be."""
    fay, ada = group.facilitator, group.members[0]
    with write() as db:
        signing_in.check_password(db, "fay", "zqx-typed is wrong", network="n", at=NOW)
        signing_in.check_password(db, "zqx-name", "zqx-typed", network="n", at=NOW)
        ticket = tickets.issue(db, fay.facilitator_id or "", at=NOW)
        visitors.leave(db, tickets.redeem(db, ticket, at=NOW))
        members.rename(db, fay, ada.member_id or "", "zqx-name")
        cohorts.rename(db, fay, group.cohort.id, "zqx-name")
        cohorts.set_threshold(db, fay, group.cohort.id, 6)
        facilitators.invite(db, fay, group.cohort.id, at=NOW)
        round_ = an_open_round(db, fay, group.cohort)
        choose_focus(db, ada, connections(), "zqx-label")
        readings.cast(db, ada, round_.id, "tools", Reading(2, 3), at=NOW)
        focuses.mine(db, ada)
        close_and_reveal(db, fay, round_, at=NOW)
        notes.add(
            db, ada, group.cohort.id, session_number=1, theme=None, instrument=None, kind=Kind.STORY,
            audience=Audience.COHORT, attribution=Attribution.NAME, body="zqx-note", at=NOW,
        )  # fmt: skip
        consents.acknowledge(db, ada, at=NOW)
        members.reissue(db, fay, group.members[1].member_id or "", at=NOW)
        members.forget_devices(db, fay, group.members[2].member_id or "")
        members.remove(db, fay, group.members[3].member_id or "", at=NOW)
        members.erase(db, ada, keep_notes=False)


def test_an_evening_is_written_down_in_order(group: Group) -> None:
    before = len(deeds())

    an_evening(group)

    assert deeds()[before:] == [
        Deed.SIGN_IN_FAILED, Deed.SIGN_IN_FAILED, Deed.SIGNED_IN, Deed.SIGNED_OUT, Deed.MEMBER_RENAMED,
        Deed.COHORT_RENAMED, Deed.THRESHOLD_SET, Deed.INVITED, Deed.ROUND_OPENED, Deed.ROUND_CLOSED,
        Deed.ROUND_REVEALED, Deed.CONSENT_GIVEN, Deed.CONSENT_GIVEN, Deed.LINK_RENEWED, Deed.PHONES_REMOVED,
        Deed.MEMBER_REMOVED, Deed.ERASED,
    ]  # fmt: skip
    assert verified().wrong is None


def test_no_words_of_anybody_and_no_answer_are_in_it(group: Group) -> None:
    with read() as db:
        note_less = {column.name for column in AuditRow.__table__.columns}
    an_evening(group)

    with read() as db:
        stored = "\n".join(str(tuple(row)) for row in db.execute(select(AuditRow.__table__)))
    assert note_less == {"number", "at", "actor", "actor_id", "deed", "about", "cohort_id", "hash"}
    for words in (*SECRETS, "Ada", "fay", PASSWORD):
        assert words not in stored


def test_what_is_rolled_back_is_not_written_down(group: Group) -> None:
    before = deeds()

    def break_off() -> None:
        with write() as db:
            cohorts.rename(db, group.facilitator, group.cohort.id, "Never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()

    assert deeds() == before


def test_a_verb_that_is_written_down_refuses_to_run_where_nothing_can_be_stored(group: Group) -> None:
    with read() as db, pytest.raises(RuntimeError, match="inside write"):
        cohorts.rename(db, group.facilitator, group.cohort.id, "Never")


def test_looking_again_soon_is_no_second_look(group: Group) -> None:
    for _ in range(3):
        with write() as db:
            for member in group.members[:2]:
                members.link_token(db, group.facilitator, member.member_id or "", at=NOW)

    # a_group looked at each link in the same moment of the story, which is long ago on the server's clock
    now = datetime.now(UTC)
    with read() as db:
        recent = db.execute(select(AuditRow.about, AuditRow.at).where(AuditRow.deed == Deed.LINK_SHOWN.value)).all()
    assert sorted(about or "" for about, at in recent if (now - at).total_seconds() < 600) == sorted(
        member.member_id or "" for member in group.members
    )


def test_at_the_same_moment_everybody_gets_a_number_and_the_chain_holds(group: Group) -> None:
    before = len(deeds())

    def renaming(number: int):
        def rename() -> None:
            with write() as db:
                cohorts.rename(db, group.facilitator, group.cohort.id, f"Name {number}")
                members.rename(db, group.facilitator, group.members[number % 5].member_id or "", f"Somebody {number}")

        return rename

    results = race(*(renaming(number) for number in range(8)))

    assert [result for result in results if result is not None] == []
    assert len(deeds()) == before + 16
    assert verified().wrong is None
    assert verified().count == before + 16


def test_two_who_begin_the_log_at_once_begin_one(database: str) -> None:
    def noting() -> None:
        with write() as db:
            audit.note(db, Actor.SERVER, Deed.WARNED)

    assert race(*[noting] * 4) == [None] * 4
    assert verified() == audit.Verified(4, verified().hash, None)


CHANGES = ("actor_id", "deed", "about", "cohort_id", "at", "actor")


def meddle(db: Session, how: str, rng: random.Random, count: int) -> None:
    """One of the things that somebody with the database in their hands may do."""
    one, other = rng.sample(range(1, count + 1), 2)
    if how == "change":
        column = rng.choice(CHANGES)
        value = {"at": NOW.replace(year=2031), "actor": "nobody", "deed": "session moved"}.get(column, "x")
        assert value != db.scalar(select(getattr(AuditRow, column)).where(AuditRow.number == one)) or column == "actor"
        db.execute(update(AuditRow).where(AuditRow.number == one).values({column: value, "about": "y"}))
    elif how == "delete":
        db.execute(delete(AuditRow).where(AuditRow.number == one))
    elif how == "swap":
        for start, end in ((one, -1), (other, one), (-1, other)):
            db.execute(update(AuditRow).where(AuditRow.number == start).values(number=end))
    elif how == "tear off":
        db.execute(delete(AuditRow).where(AuditRow.number >= one))
    elif how == "tear off and mend the head":
        db.execute(delete(AuditRow).where(AuditRow.number > max(one - 1, 1)))
        end, hash_ = db.execute(select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)).one()
        db.execute(update(AuditHeadRow).values(count=end, hash=hash_))
    elif how == "close the gap":
        db.execute(delete(AuditRow).where(AuditRow.number == one))
        for number in range(one + 1, count + 1):
            db.execute(update(AuditRow).where(AuditRow.number == number).values(number=number - 1))
    else:
        db.execute(delete(AuditHeadRow))


MEDDLING = ("change", "delete", "swap", "tear off", "tear off and mend the head", "close the gap", "drop the head")


def test_a_hundred_of_a_hundred_changes_are_found(group: Group) -> None:
    with write() as db:
        whole = audit.verified(db)
    assert whole.wrong is None
    assert whole.count > 10
    rng = random.Random(4)
    found = 0
    for attempt in range(100):
        with write() as db:
            aside = db.begin_nested()
            meddle(db, MEDDLING[attempt % len(MEDDLING)], rng, whole.count)
            db.expire_all()
            found += audit.verified(db).wrong is not None
            aside.rollback()
            db.expire_all()
            assert audit.verified(db).wrong is None

    assert found == 100


def test_without_the_chain_a_missing_entry_would_go_unseen(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: whoever has the secret can write the log anew, so it is the secret that holds it."""
    with write() as db:
        rows = db.scalars(select(AuditRow).order_by(AuditRow.number)).all()
        db.delete(rows[2])
        db.flush()
        before = ""
        for number, row in enumerate([*rows[:2], *rows[3:]], start=1):
            row.number = number
            row.hash = before = audit._hash(before, row)
            db.flush()
        db.execute(update(AuditHeadRow).values(count=number, hash=before, seal=audit._seal(number, before)))
    assert verified().wrong is None

    monkeypatch.setenv("MCM_SECRET", "somebody else's secret, of a good length")
    assert secret.secret() != b"a secret for tests that is long enough"
    assert verified().wrong is not None


def test_an_older_database_is_found_by_what_was_written_down(group: Group) -> None:
    early = verified()
    with write() as db:
        cohorts.rename(db, group.facilitator, group.cohort.id, "Later")
    late = verified()

    assert verified(f"{early.count}:{early.hash}").wrong is None
    assert verified(f"{late.count}:{late.hash}").wrong is None
    assert "is not the one" in (verified(f"{early.count}:{late.hash}").wrong or "")
    assert "had 9999" in (verified(f"9999:{late.hash}").wrong or "")
    assert verified("nonsense").wrong


def test_facilitators_read_their_own_cohorts_log_in_words(group: Group) -> None:
    ada = group.members[0]
    with write() as db:
        other = a_facilitator(db, "olga")
        consents.acknowledge(db, ada, at=NOW)
        members.forget_devices(db, group.facilitator, group.members[1].member_id or "")
        members.remove(db, group.facilitator, group.members[2].member_id or "", at=NOW)

    with read() as db:
        said = [line.sentence for line in audit.of_cohort(db, group.facilitator, group.cohort.id)]
        for stranger in (other, ada):
            with pytest.raises(NotAllowed):
                audit.of_cohort(db, stranger, group.cohort.id)
        mine = [line.sentence for line in audit.about_me(db, ada)]
    assert said[:2] == ["Fay removed a member.", "Fay signed out the phones of Ben."]
    assert not any("yes to a use" in sentence for sentence in said)
    assert mine[0] == "Ada said yes to a use of their data."
    assert not any("Ben" in sentence for sentence in mine)


def test_facilitators_see_what_happened_to_their_own_account_and_nobody_elses(group: Group) -> None:
    fay = group.facilitator
    with write() as db:
        other = a_facilitator(db, "olga")
        signing_in.check_password(db, "fay", "not it", network="n", at=NOW)
        signing_in.check_password(db, "olga", "not it", network="n", at=NOW)
        resets.link(db, "fay", at=NOW)
        facilitators.switch(db, "fay", on=False, at=NOW)
        facilitators.switch(db, "fay", on=True, at=NOW)
    with write() as db:
        ticket = tickets.issue(db, fay.facilitator_id or "", at=NOW)
        fay = signed_in(db, tickets.redeem(db, ticket, at=NOW))
        my_sign_ins.end_elsewhere(db, fay, at=NOW)

    with read() as db:
        said = [line.sentence for line in audit.of_my_account(db, fay)]
        with pytest.raises(NotAllowed):
            audit.of_my_account(db, group.members[0])
        assert not any("Fay" in line.sentence for line in audit.of_my_account(db, other))
    assert said[:6] == [
        "Fay signed out everywhere else.", "Fay signed in.", "The account of Fay was switched on.",
        "The account of Fay was switched off.", "The server gave out a new way in for Fay.",
        "A password was wrong, for the account of Fay.",
    ]  # fmt: skip
    assert "Fay set up the second step of signing in." in said, "also of somebody who is not in yet"
    assert not any("Olga" in sentence for sentence in said)
    assert len(said) <= audit.OF_MY_ACCOUNT


def test_a_guest_who_comes_comments_that_are_shared_and_changed_help_are_in_the_cohorts_log(database: str) -> None:
    with write() as db:
        group = a_group(db, 9)
        fay, cohort = group.facilitator, group.cohort
        guests.come_in(db, guests.invite(db, fay, cohort.session(1).id, "Gloria", at=NOW), browser_token=None, at=NOW)
        signposting.write_down(db, fay, cohort.id, danger="Call 999", contact="zqx-typed", lines="", at=NOW)
        for number, chosen in ((1, [0]), (2, [])):
            round_ = an_anonymous_round(db, group, number)
            drop(db, round_, group.members, [(1, 2)] * 9, comment="zqx-typed")
            close_and_reveal(db, fay, round_, at=NOW)
            bags.share_comments(db, fay, round_.id, chosen=chosen, at=NOW)

    with read() as db:
        said = [line.sentence for line in audit.of_cohort(db, fay, cohort.id)]
        stored = "\n".join(str(tuple(row)) for row in db.execute(select(AuditRow.__table__)))
    for sentence in (
        "A guest came in with their link.", "Fay changed where people can turn for help.",
        "Fay shared comments of an anonymous round.", "Fay deleted the comments of an anonymous round.",
    ):  # fmt: skip
        assert said.count(sentence) == 1, sentence
    assert "zqx" not in stored
    assert "Gloria" not in stored
    assert verified().wrong is None


def test_the_cohorts_log_does_not_say_what_members_do_with_what_is_theirs(group: Group) -> None:
    """What the page says above it."""
    ada = group.members[0]
    with write() as db:
        visitors.admit(db, member_id=ada.member_id, cohort_id=ada.cohort_id, at=NOW)
        my_data.take(db, ada, at=NOW)
        consents.say(db, ada, Purpose.TOTALS_BEYOND, yes=True, at=NOW)
        consents.say(db, ada, Purpose.TOTALS_BEYOND, yes=False, at=NOW)
        members.remove_phone(db, ada, next(one.id for one in members.my_phones(db, ada, at=NOW) if not one.is_this))
        visitors.leave(db, visitors.admit(db, member_id=ada.member_id, cohort_id=ada.cohort_id, at=NOW))

    with read() as db:
        theirs = {line.sentence for line in audit.of_cohort(db, group.facilitator, group.cohort.id)}
        mine = [line.sentence for line in audit.about_me(db, ada)]
    assert mine[:5] == [
        "Ada signed out.", "Ada removed one of their phones.", "Ada said no to a use of their data.",
        "Ada said yes to a use of their data.", "Ada took a copy of what is stored about them.",
    ]  # fmt: skip
    assert not set(mine[:5]) & theirs
    assert mine[5] in theirs


def test_every_deed_has_its_sentence() -> None:
    assert set(WORDS) == set(Deed)


def test_nobody_is_named_who_has_left(group: Group) -> None:
    ada = group.members[0]
    with write() as db:
        consents.acknowledge(db, ada, at=NOW)
        members.erase(db, ada, keep_notes=False)

    with read() as db:
        said = " ".join(line.sentence for line in audit.of_cohort(db, group.facilitator, group.cohort.id))
        assert db.get(MemberRow, ada.member_id) is None
        assert db.scalar(text("SELECT count(*) FROM audit")) > 5
    assert "Ada" not in said
