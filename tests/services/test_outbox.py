"""The queue: nothing is lost and nothing is sent twice, whatever becomes of the mail server or of this one."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import vobject
from sqlalchemy import select

from mcm_core.domain import trouble
from mcm_core.domain.errors import Reconfirm, Refused
from mcm_core.domain.message import MessageState, To, Trouble
from mcm_core.services import mailing, meeting_news, members, messages, outbox, smtp
from mcm_core.services.smtp import NotConfigured, NotSent
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MessageRow
from tests.services.a_mail_server import Mail, a_mail_server
from tests.services.people import NOW
from tests.services.stories import Group, a_group

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = "https://meet.example.org"
WORDS = {"link": "{address}/open/x", "deadline": "Friday"}


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mail]:
    """The mail server that the operator has named."""
    with a_mail_server() as there:
        monkeypatch.setenv("MCM_SMTP_URL", there.url)
        monkeypatch.setenv("MCM_SMTP_FROM", "Our group <group@example.org>")
        monkeypatch.setenv("MCM_PUBLIC_URL", PUBLIC)
        yield there


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        made = a_group(db, 2)
        for who in made.members:
            name = members.roster(db, made.facilitator, made.cohort.id)[made.members.index(who)].name.lower()
            members.set_email(db, made.facilitator, who.member_id or "", f"{name}@example.org", at=NOW)
        return made


def to(group: Group, number: int = 0) -> To:
    name = ("Ada", "Ben")[number]
    return To(name, f"{name.lower()}@example.org", group.members[number].member_id)


def waiting(group: Group, number: int = 0, *, once: str | None = None, due: datetime = NOW) -> str:
    with write() as db:
        return messages.draft(
            db, group.cohort.id, "interest_reminder", to(group, number), WORDS, once=once, by_itself=True, due_at=due,
            at=NOW,
        )  # fmt: skip


def states() -> list[str]:
    with read() as db:
        return [row.state for row in db.scalars(select(MessageRow).order_by(MessageRow.created_at, MessageRow.id))]


def all_sent(at: datetime = NOW) -> None:
    while outbox.deliver(at=at):
        pass


def test_a_message_arrives_once_with_its_words_and_nothing_of_them_in_its_subject(group: Group, mail: Mail) -> None:
    waiting(group)
    all_sent()
    all_sent()

    (found,) = mail.arrived
    assert (found["Subject"], found["To"]) == ("A reminder: how to apply", "ada@example.org")
    assert found["From"] == "Our group <group@example.org>"
    body = found.get_content()
    assert body.startswith("Hello Ada,")
    assert f"{PUBLIC}/open/x" in body
    assert states() == ["sent"]


def test_what_is_not_due_waits(group: Group, mail: Mail) -> None:
    waiting(group, due=NOW + timedelta(days=2))
    all_sent(NOW + timedelta(days=1))
    assert mail.arrived == []

    all_sent(NOW + timedelta(days=2))
    assert len(mail.arrived) == 1


@pytest.mark.parametrize("broken", ["deaf", "full"])
def test_a_broken_mail_server_loses_nothing_and_is_asked_less_and_less(group: Group, mail: Mail, broken: str) -> None:
    waiting(group)
    mail.broken = broken
    tried = [NOW]
    for minute in range(0, 40):
        at = NOW + timedelta(minutes=minute)
        before = len(mail.said)
        outbox.deliver(at=at)
        if len(mail.said) > before:
            tried.append(at)
    assert states() == ["waiting"]
    if broken == "full":
        assert [(at - NOW) / timedelta(minutes=1) for at in tried[1:]] == [0, 5, 15, 35]

    mail.broken = ""
    all_sent(NOW + timedelta(hours=2))
    assert len(mail.arrived) == 1
    assert states() == ["sent"]


def test_after_a_day_it_is_given_up_where_everybody_sees_it(group: Group, mail: Mail) -> None:
    waiting(group)
    mail.broken = "deaf"
    for hour in range(24):
        outbox.deliver(at=NOW + timedelta(hours=hour))
    assert states() == ["waiting"]

    for hour in range(24, 60):
        outbox.deliver(at=NOW + timedelta(hours=hour))
    assert states() == ["given up"]
    with read() as db:
        assert mailing.to_do(db, group.facilitator, group.cohort.id, at=NOW) == 1

    mail.broken = ""
    with write() as db:
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
        mailing.send(db, group.facilitator, row.id, at=NOW + timedelta(days=3))
    all_sent(NOW + timedelta(days=3))
    assert states() == ["sent"]


@pytest.mark.parametrize(("broken", "why"), [("deaf", "it could not be reached"), ("full", "it said “later”")])
def test_what_the_mail_server_does_not_take_for_now_says_since_when_and_why(
    group: Group, mail: Mail, broken: str, why: str
) -> None:
    waiting(group)
    mail.broken = broken
    for minute in (0, 6):
        outbox.deliver(at=NOW + timedelta(minutes=minute))

    with read() as db:
        found = mailing.of_cohort(db, group.facilitator, group.cohort.id)
        assert mailing.not_taken(db, group.facilitator, group.cohort.id) == 1
    (said,) = trouble.held_up(found, "Europe/London")
    assert said == f"The mail server has not taken 1 of these messages, since Monday 5 January, 09:00: {why}."

    mail.broken = ""
    all_sent(NOW + timedelta(hours=2))
    with read() as db:
        assert mailing.not_taken(db, group.facilitator, group.cohort.id) == 0
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
    assert (row.trouble, row.trouble_at) == (None, None)


def test_where_the_mail_server_hung_up_before_its_yes_it_is_said_that_the_message_may_have_arrived(
    group: Group, mail: Mail
) -> None:
    waiting(group)
    mail.broken = "dead"
    outbox.deliver(at=NOW)

    assert len(mail.arrived) == 1
    with read() as db:
        found = mailing.of_cohort(db, group.facilitator, group.cohort.id)
    (said,) = trouble.held_up(found, "Europe/London")
    assert said == (
        "The mail server has not confirmed 1 of these messages, since Monday 5 January, 09:00: the connection broke "
        "before it said so. They may have arrived, and then they come twice."
    )
    for hours in range(60):
        outbox.deliver(at=NOW + timedelta(hours=hours))
    with read() as db:
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
    assert row.state is MessageState.GIVEN_UP
    assert "it may have arrived" in trouble.given_up(row)
    assert len({one["Message-ID"] for one in mail.arrived}) == 1


@pytest.mark.parametrize(("code", "why"), [(535, Trouble.REFUSED_US), (454, Trouble.LATER)])
def test_a_mail_server_that_does_not_let_us_in_is_told_from_one_that_says_later(
    group: Group, mail: Mail, code: int, why: Trouble
) -> None:
    waiting(group)
    mail.broken = str(code)
    outbox.deliver(at=NOW)

    with read() as db:
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
    assert (row.state, row.trouble) == (MessageState.WAITING, why)


def test_what_is_refused_for_good_comes_back_with_the_reason_and_no_address(group: Group, mail: Mail) -> None:
    waiting(group)
    mail.broken = "nobody"
    outbox.deliver(at=NOW)

    with read() as db:
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
    assert row.state is MessageState.GIVEN_UP
    assert trouble.given_up(row).startswith("The mail server did not take it: it refused the address. Ask for")
    assert "@" not in trouble.given_up(row)
    with write() as db:
        mailing.send(db, group.facilitator, row.id, at=NOW)
        assert mailing.of_cohort(db, group.facilitator, group.cohort.id)[0].trouble is None


def test_an_address_that_nobody_has_is_given_up_at_once_and_the_others_go(group: Group, mail: Mail) -> None:
    waiting(group, 0)
    mail.broken = "nobody"
    assert outbox.deliver(at=NOW) is True  # another may follow
    assert states() == ["given up"]

    mail.broken = ""
    waiting(group, 1)
    all_sent()
    assert [found["To"] for found in mail.arrived] == ["ben@example.org"]


def test_who_dies_before_writing_down_that_it_was_sent_sends_the_same_message_again(group: Group, mail: Mail) -> None:
    """At least once, and by the Message-ID a mailbox knows the second copy."""
    waiting(group)
    mail.broken = "dead"  # it took the message, and we do not hear of it: as if this process had ended there
    all_sent()
    mail.broken = ""
    all_sent(NOW + timedelta(minutes=4))
    assert len(mail.arrived) == 1  # nobody tries while the first may still be at it

    all_sent(NOW + timedelta(minutes=6))
    first, second = mail.arrived
    assert first["Message-ID"] == second["Message-ID"]
    assert states() == ["sent"]


def test_a_process_that_is_killed_while_it_sends_loses_nothing(group: Group, mail: Mail, database: str) -> None:
    waiting(group)
    mail.broken = "slow"
    code = f"from datetime import datetime; from mcm_core.services import outbox; outbox.deliver(at=datetime.fromisoformat('{NOW.isoformat()}'))"  # noqa: E501
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as process:
        deadline = time.monotonic() + 60
        while not mail.arrived and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
    assert len(mail.arrived) == 1
    assert states() == ["waiting"]

    mail.broken = ""
    all_sent(NOW + timedelta(minutes=6))

    assert [found["Message-ID"] for found in mail.arrived] == [mail.arrived[0]["Message-ID"]] * 2
    assert states() == ["sent"]


def test_a_strange_good_bye_is_no_reason_to_send_twice(group: Group, mail: Mail) -> None:
    waiting(group)
    mail.broken = "rude"
    all_sent()
    all_sent(NOW + timedelta(hours=1))

    assert len(mail.arrived) == 1
    assert states() == ["sent"]


def test_of_several_processes_each_message_is_sent_by_one(group: Group, mail: Mail) -> None:
    for number in range(12):
        waiting(group, number % 2, once=str(number))

    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: all_sent(), range(4)):
            pass
    all_sent()

    assert len(mail.arrived) == len({found["Message-ID"] for found in mail.arrived}) == 12


def test_without_putting_a_message_off_first_it_would_be_sent_twice(
    group: Group, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(outbox, "pause_after", lambda _tries: timedelta(0))
    waiting(group)
    post = smtp.settings()
    assert post
    first, second = outbox._take(post, NOW), outbox._take(post, NOW)

    assert first is not None
    assert second is not None
    assert first.id == second.id


def test_no_transaction_is_open_while_the_mail_server_thinks(
    group: Group, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page can write meanwhile; were the table locked, this would wait ten seconds and fail."""
    waiting(group)
    real = smtp.send

    def slow(*given: object) -> None:
        with write() as db:
            members.set_email(db, group.facilitator, group.members[1].member_id or "", "x@example.org", at=NOW)
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(smtp, "send", slow)
    all_sent()

    assert len(mail.arrived) == 1


def test_words_that_are_changed_while_the_mail_server_thinks_are_not_lost(
    group: Group, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = waiting(group)
    real = smtp.send

    def slow(*given: object) -> None:
        with write() as db:
            mailing.edit(db, group.facilitator, message_id, body="Other words", version=1)
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(smtp, "send", slow)
    all_sent()
    monkeypatch.setattr(smtp, "send", real)
    assert states() == ["draft"]

    with write() as db:
        mailing.send(db, group.facilitator, message_id, at=NOW)
    all_sent()
    first, second = mail.arrived
    assert second.get_content().strip() == "Other words"
    assert first["Message-ID"] != second["Message-ID"]


def test_the_log_holds_no_address_and_no_words(group: Group, mail: Mail, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for broken in ("", "deaf", "full", "nobody", "dead", "rude"):
        mail.broken = broken
        waiting(group, once=broken or "well")
        outbox.deliver(at=NOW)

    assert "A message was not sent (try 1)" in caplog.text
    for secret in ("ada", "example.org", "Hello", "open/x", "secret", "apply"):
        assert secret not in caplog.text, secret


def test_a_personal_link_is_filled_in_only_for_the_mail_server(group: Group, mail: Mail) -> None:
    with write() as db:
        members.add(db, group.facilitator, group.cohort.id, "Cleo <cleo@example.org>", at=NOW)
        assert mailing.invite(db, group.facilitator, group.cohort.id, at=NOW) == 1
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
        with pytest.raises(Reconfirm):
            mailing.send(db, group.facilitator, row.id, at=NOW + timedelta(hours=1))
        mailing.send(db, group.facilitator, row.id, at=NOW)
        (cleo,) = [one for one in members.roster(db, group.facilitator, group.cohort.id) if one.name == "Cleo"]
        link = members.link_token(db, group.facilitator, cleo.id, at=NOW)
    all_sent()

    assert f"{PUBLIC}/j/{link}" in mail.arrived[0].get_content()
    with read() as db:
        assert link not in db.scalars(select(MessageRow.body)).one()


def test_a_link_that_waits_does_not_follow_to_a_new_address_by_itself(group: Group, mail: Mail) -> None:
    with write() as db:
        (cleo,) = members.add(db, group.facilitator, group.cohort.id, "Cleo <cleo@example.org>", at=NOW)
        mailing.invite(db, group.facilitator, group.cohort.id, at=NOW)
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
        mailing.send(db, group.facilitator, row.id, at=NOW)
        members.set_email(db, group.facilitator, cleo.id, "eve@example.org", at=NOW)
    all_sent()

    assert mail.arrived == []
    assert states() == ["draft"]


def test_the_calendar_goes_with_it(group: Group, mail: Mail) -> None:
    at = group.cohort.session(1).starts_at - timedelta(hours=20)
    meeting_news.remind(at=at)
    meeting_news.remind(at=at)
    all_sent(at)

    assert sorted(found["To"] for found in mail.arrived) == ["ada@example.org", "ben@example.org"]
    (file,) = mail.arrived[0].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("sessions.ics", "text/calendar")
    assert "The calendar file with this message" in mail.arrived[0].get_body().get_content()
    assert len(list(vobject.readOne(file.get_content()).vevent_list)) == 6
    assert "Session 1" not in mail.arrived[0]["Subject"]


def test_a_reminder_that_comes_too_late_is_none(group: Group, mail: Mail) -> None:
    meeting = group.cohort.session(1)
    mail.broken = "deaf"
    meeting_news.remind(at=meeting.starts_at - timedelta(hours=20))
    mail.broken = ""
    meeting_news.remind(at=meeting.starts_at)
    all_sent(meeting.starts_at)

    assert mail.arrived == []
    assert states() == []


def test_without_a_mail_server_reminders_wait_for_a_facilitator_until_the_session_begins(group: Group) -> None:
    begins = group.cohort.session(1).starts_at
    for hours in (25, 24, 23):
        meeting_news.remind(at=begins - timedelta(hours=hours))

        with read() as db:
            to_do = mailing.to_do(db, group.facilitator, group.cohort.id, at=begins - timedelta(hours=hours))
        assert to_do == (0 if hours > 24 else len(group.members))

    assert outbox.deliver(at=begins) is False
    meeting_news.remind(at=begins)
    assert states() == []


def test_a_reminder_that_was_dropped_is_not_written_anew(group: Group) -> None:
    at = group.cohort.session(1).starts_at - timedelta(hours=20)
    meeting_news.remind(at=at)
    with write() as db:
        for row in mailing.of_cohort(db, group.facilitator, group.cohort.id):
            mailing.drop(db, group.facilitator, row.id, at=at)
    meeting_news.remind(at=at + timedelta(hours=1))

    with read() as db:
        assert mailing.to_do(db, group.facilitator, group.cohort.id, at=at + timedelta(hours=1)) == 0
        assert [messages.mine(db, who) for who in group.members] == [()] * len(group.members)


def test_without_a_mail_server_nothing_is_sent(group: Group) -> None:
    waiting(group)

    assert outbox.deliver(at=NOW) is False
    assert states() == ["waiting"]
    with write() as db:
        assert mailing.to_do(db, group.facilitator, group.cohort.id, at=NOW) == 1
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
        with pytest.raises(Refused, match="cannot send"):
            mailing.send(db, group.facilitator, row.id, at=NOW)


def test_messages_are_deleted_a_month_after_they_were_settled(group: Group, mail: Mail) -> None:
    waiting(group)
    all_sent()
    outbox.tidy(at=NOW + timedelta(days=29))
    assert states() == ["sent"]

    outbox.tidy(at=NOW + timedelta(days=31))
    assert states() == []


def test_an_older_copy_of_the_database_sends_nothing_by_itself(group: Group, mail: Mail) -> None:
    waiting(group)
    with write() as db:
        outbox.hold_back(db)
    all_sent()

    assert mail.arrived == []
    assert states() == [MessageState.DRAFT]


def test_nothing_is_said_to_a_mail_server_elsewhere_that_does_not_encrypt(
    group: Group, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "HERE", set())
    waiting(group)
    all_sent()

    assert states() == ["waiting"]
    assert [line.split()[0].upper() for line in mail.said] == ["EHLO"]  # no password, no address, no word
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MCM_SMTP_URL", "mail.example.org", "MCM_SMTP_URL is not an address"),
        ("MCM_SMTP_URL", "https://mail.example.org", "MCM_SMTP_URL is not an address"),
        ("MCM_SMTP_URL", "smtp://mail.example.org:port", "MCM_SMTP_URL is not an address"),
        ("MCM_SMTP_FROM", "", "MCM_SMTP_FROM is not an address"),
        ("MCM_SMTP_FROM", "Fay", "MCM_SMTP_FROM is not an address"),
        ("MCM_PUBLIC_URL", "", "needs MCM_PUBLIC_URL"),
    ],
)
def test_a_wrong_setting_is_refused_at_the_start(
    mail: Mail, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(NotConfigured, match=says):
        smtp.settings()


def test_the_password_of_the_mail_server_is_never_shown(mail: Mail) -> None:
    post = smtp.settings()

    assert post
    assert "secret" not in repr(post)
    mail.broken = "deaf"
    with pytest.raises(NotSent) as error:
        smtp.answers(post)
    assert "secret" not in str(error.value)
