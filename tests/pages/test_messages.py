"""The page of messages: with a mail server they are sent, without one they are copied; nobody's words are lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import applying, cohorts, mailing, meeting_news, members, outbox
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MessageRow, SignInRow
from tests.pages.cohort_desk import add, field, press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.openings.applying_people import ANSWERS, IN_TIME, an_opening
from tests.services.people import NOW, PASSWORD, a_cohort, a_facilitator, a_member

PEOPLE = ("Ada ada@example.org", "Ben")


@pytest.fixture
def with_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_SMTP_URL", "smtp://localhost:2525")
    monkeypatch.setenv("MCM_SMTP_FROM", "group@example.org")
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")


@pytest.fixture
def moved(fay: Visitor, ours: Cohort) -> Cohort:
    """A cohort of two that is to be told of a session that has moved."""
    add(fay, ours, *PEOPLE)
    with write() as db:
        meeting = ours.session(3)
        cohorts.move_session(db, fay, meeting.id, meeting.starts_local + timedelta(days=1), 120, at=NOW)
    return ours


def states() -> dict[str, str]:
    with read() as db:
        return {row.to_name: row.state for row in db.scalars(select(MessageRow).order_by(MessageRow.to_name))}


def bodies() -> dict[str, str]:
    with read() as db:
        return {row.to_name: row.body for row in db.scalars(select(MessageRow))}


def links(app: AppTest) -> list[str]:
    return [found.proto.url for found in app.get("link_button")]


def test_without_a_mail_server_a_message_is_copied_and_the_next_one_comes_up(
    open_page: Open, fay: Visitor, moved: Cohort
) -> None:
    app = open_page("messages", as_=fay)
    assert "This server cannot send e-mails" in texts(app)
    assert "To send: 2" in [found.value for found in app.header]
    assert "Now: Wednesday 28 January 2026" in app.code[0].value
    assert "the calendar file on your page Today" in app.code[0].value
    assert "with this message" not in app.code[0].value, "what is copied by hand brings no file"
    (mail,) = [one for one in links(app) if one.startswith("mailto:")]
    assert mail.startswith("mailto:ada%40example.org?subject=A%20session%20has%20a%20new%20time&body=Hello%20Ada")

    app = press(app, "I have sent it")

    assert states() == {"Ada": "sent by hand", "Ben": "draft"}
    assert "To send: 1" in [found.value for found in app.header]
    assert "Hello Ben" in app.code[0].value
    assert "whose e-mail address is not written down" in texts(app)


def test_without_a_mail_server_what_is_the_same_for_all_goes_as_one_mail(
    open_page: Open, fay: Visitor, moved: Cohort
) -> None:
    with write() as db:
        (_, ben) = members.roster(db, fay, moved.id)
        members.set_email(db, fay, ben.id, "ben@example.org", at=NOW)
    app = open_page("messages", as_=fay)

    assert "As one mail to 2 people: A session has a new time" in [bare(found.label) for found in app.expander]
    addresses, text = [found.value for found in app.code[:2]]
    assert addresses == "ada@example.org, ben@example.org"
    assert text.startswith("Hello,\n\nSession 3 has moved.")
    assert any(one.startswith("mailto:?bcc=ada%40example.org%2C%20ben%40example.org&subject=") for one in links(app))
    press(app, "I have sent it to all 2")
    assert states() == {"Ada": "sent by hand", "Ben": "sent by hand"}


def test_what_holds_somebodys_own_link_goes_to_them_alone_and_it_says_why(
    open_page: Open, fay: Visitor, ours: Cohort
) -> None:
    add(fay, ours, "Ada ada@example.org", "Ben ben@example.org")
    app = press(open_page("messages", as_=fay), "Write everybody their link")

    assert not [found for found in app.expander if "one mail" in found.label]
    assert "it goes to that person alone" in texts(app)


def test_links_that_only_this_network_can_open_are_warned_of_before_they_are_sent(
    open_page: Open, fay: Visitor, moved: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MCM_PUBLIC_URL", raising=False)
    (said,) = [bare(one.value) for one in open_page("messages", as_=fay).warning]
    assert "ask whoever runs this server to set MCM_PUBLIC_URL" in said

    for address, who in (
        ("http://localhost:8501", "only this one computer can open them"),
        ("http://127.0.0.1:8501", "only this one computer can open them"),
        ("http://192.168.1.5:8501", "only devices in this server’s own network can open them"),
    ):
        monkeypatch.setenv("MCM_PUBLIC_URL", address)
        (said,) = [bare(one.value) for one in open_page("messages", as_=fay).warning]
        assert who in said

    monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")
    assert not open_page("messages", as_=fay).warning


def test_the_box_shows_the_address_as_it_is_read_and_keeps_it_open(
    open_page: Open, fay: Visitor, ours: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")
    add(fay, ours, "Ada")
    meeting_news.remind(at=ours.session(1).starts_at - timedelta(hours=20))
    app = open_page("messages", as_=fay)
    box = field(app, "text_area", "Words")
    assert "\nhttps://meet.example.org\n" in box.value
    assert "{address}" not in box.value

    press(box.input(f"{box.value} Bring tea.").run(), "Keep the change")

    assert "\n{address}\n" in bodies()["Ada"]
    assert bodies()["Ada"].endswith("Bring tea.")


def bare(said: str) -> str:
    return said.replace("\\", "").replace("\u2060", "")


def test_with_a_mail_server_one_press_sends_all_that_have_an_address(
    open_page: Open, fay: Visitor, moved: Cohort, with_a_mail_server: None
) -> None:
    with write() as db:
        (_, ben) = members.roster(db, fay, moved.id)
        members.add(db, fay, moved.id, "Cleo", at=NOW)
        members.set_email(db, fay, ben.id, "ben@example.org", at=NOW)
    app = press(open_page("messages", as_=fay), "Send all 2")

    assert states() == {"Ada": "waiting", "Ben": "waiting"}
    assert "Going by themselves: 2" in [found.value for found in app.header]

    press(app, "Do not send it yet")
    assert sorted(states().values()) == ["draft", "waiting"]


def test_what_the_mail_server_does_not_take_is_said_in_words_here_and_on_today(
    open_page: Open, fay: Visitor, moved: Cohort, with_a_mail_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCM_SMTP_URL", "smtp://localhost:1")  # nobody listens there
    press(open_page("messages", as_=fay), "Send")
    outbox.deliver(at=CLOCK)

    (said,) = [bare(one.value) for one in open_page("messages", as_=fay).warning]
    assert "has not taken 1 of these messages, since Monday 5 January, 09:30: it could not be reached." in said
    assert "kept and tried again" in said
    assert "tell whoever runs this server" in said
    today = [bare(found.proto.label) for found in open_page("today", as_=fay).get("page_link")]
    assert "The mail server has not confirmed 1 message: see why" in today


def test_what_was_typed_is_what_is_sent(open_page: Open, fay: Visitor, moved: Cohort, with_a_mail_server: None) -> None:
    app = open_page("messages", as_=fay)
    app = field(app, "text_area", "Words").input("Hello Ada, a different word.").run()
    press(app, "Send")

    assert states()["Ada"] == "waiting"
    assert bodies()["Ada"] == "Hello Ada, a different word."


def test_what_was_typed_is_sent_with_all_of_them_too(
    open_page: Open, fay: Visitor, moved: Cohort, with_a_mail_server: None
) -> None:
    with write() as db:
        (_, ben) = members.roster(db, fay, moved.id)
        members.set_email(db, fay, ben.id, "ben@example.org", at=NOW)
    app = open_page("messages", as_=fay)
    before = bodies()["Ben"]
    field(app, "text_area", "Words").input("See you at three.")
    press(app, "Send all 2")

    assert states() == {"Ada": "waiting", "Ben": "waiting"}
    assert bodies() == {"Ada": "See you at three.", "Ben": before}


def test_a_change_that_came_second_is_refused_and_stays_in_the_box(
    open_page: Open, fay: Visitor, moved: Cohort
) -> None:
    app = open_page("messages", as_=fay)
    with write() as db:
        row = db.scalars(select(MessageRow).where(MessageRow.to_name == "Ada")).one()
        row.body, row.version = "Somebody else's words", row.version + 1
    app = field(app, "text_area", "Words").input("Mine").run()

    assert "Mine" in [box.value for box in app.text_area] or "Somebody else's words" in app.code[0].value
    assert bodies()["Ada"] == "Somebody else's words"


def test_everybody_who_has_not_come_in_gets_a_message_with_their_link(
    open_page: Open, fay: Visitor, ours: Cohort
) -> None:
    add(fay, ours, *PEOPLE)
    with write() as db:
        a_member(db, fay, ours, "Cleo")
    app = press(open_page("messages", as_=fay), "Write everybody their link")
    press(app, "Write everybody their link")

    assert states() == {"Ada": "draft", "Ben": "draft"}
    assert "{personal_link}" in bodies()["Ada"]
    app = field(app, "toggle", "Show it with their link, to copy").set_value(True).run()
    with write() as db:
        ada, *_ = members.roster(db, fay, ours.id)
        link = members.link_token(db, fay, ada.id, at=NOW)
    assert f"/j/{link}" in app.code[0].value


def test_after_a_while_it_asks_once_who_the_facilitator_is(
    open_page: Open, fay: Visitor, ours: Cohort, with_a_mail_server: None
) -> None:
    add(fay, ours, "Ada ada@example.org", "Ben ben@example.org")
    with write() as db:
        mailing.invite(db, fay, ours.id, at=NOW)
    app = open_page("messages", as_=fay)
    with write() as db:
        db.execute(update(SignInRow).values(confirmed_at=CLOCK - timedelta(minutes=11)))
    app = field(app, "toggle", "Show it with their link, to copy").set_value(True).run()

    assert texts(app).count("Say again who you are") == 1
    assert "First say who you are, above." in texts(app)
    assert not app.code
    assert not [found for found in app.button if found.label in ("Send", "Send all 2")]

    field(app, "text_input", "Password or code").input(PASSWORD)
    app = press(app, "Go on")

    assert "Say again who you are" not in texts(app)
    assert "/j/" in app.code[0].value
    assert {"Send", "Send all 2"} <= {found.label for found in app.button}


def test_a_word_that_tells_too_much_is_pointed_out_and_left_to_the_facilitator(
    open_page: Open, fay: Visitor, moved: Cohort
) -> None:
    app = open_page("messages", as_=fay)
    app = field(app, "text_area", "Words").input("About safeguarding").run()
    app = press(app, "Keep the change")

    assert "can read: safeguarding" in texts(app)
    assert bodies()["Ada"] == "About safeguarding"


def test_a_message_that_nobody_needs_is_dropped(open_page: Open, fay: Visitor, moved: Cohort) -> None:
    press(open_page("messages", as_=fay), "Drop it")

    assert states() == {"Ben": "draft"}


def test_members_have_no_such_page_and_today_leads_facilitators_to_it(
    open_page: Open, fay: Visitor, moved: Cohort
) -> None:
    with write() as db:
        dee = a_member(db, fay, moved, "Dee")
    app = open_page("messages", as_=dee)
    assert app.info[0].value == "This page is for facilitators."
    assert app.text_area == [] or not app.text_area

    today = open_page("today", as_=fay)
    assert "2 messages wait to be sent" in [found.proto.label for found in today.get("page_link")]
    member = open_page("today", as_=dee)
    assert f"/calendar/{moved.id}/sessions.ics" in links(member)


def test_an_address_is_written_down_on_the_page_of_the_cohort(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    (ada,) = add(fay, ours, "Ada")
    app = open_page("cohort", as_=fay)
    app = field(app, "selectbox", "Choose a member").select(ada.id).run()
    field(app, "text_input", "E-mail address").input("ada@example")
    app = press(app, "Keep this address")
    assert "is not an e" in app.error[0].value
    assert field(app, "text_input", "E-mail address").value == "ada@example"

    field(app, "text_input", "E-mail address").input("ada@example.org")
    press(app, "Keep this address")
    with read() as db:
        assert [one.email for one in members.roster(db, fay, ours.id)] == ["ada@example.org"]


def test_a_session_is_cancelled_on_the_page_of_the_cohort_once_asked_and_takes_place_after_all(
    open_page: Open, fay: Visitor, moved: Cohort
) -> None:
    def off() -> list[int]:
        with read() as db:
            return [one.number for one in cohorts.get(db, fay, moved.id).sessions if one.cancelled]

    app = open_page("cohort", as_=fay)
    assert not [found for found in app.button if found.label == "It will not take place"], "one tap only asks"
    app = press(app, "Yes, session 4 does not take place")

    assert any("will not take place" in found.label for found in app.expander)
    assert off() == [4]

    app = press(app, "It takes place after all")
    assert off() == []
    assert "Session 4 takes place after all, on Tuesday 3 February 2026, 14:00" in bare(texts(app))


def test_a_member_makes_and_ends_a_calendar_address(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        ada = a_member(db, fay, ours)
    app = press(open_page("my_data", as_=ada), "Make a calendar address")
    assert any("/calendar/" in found.value and found.value.endswith(".ics") for found in app.code)

    app = press(app, "End this address")
    assert not any("/calendar/" in found.value for found in app.code)


def test_with_nobody_on_the_list_it_does_not_say_that_everybody_has_come(open_page: Open, sqlite: str) -> None:
    with write() as db:
        fay = a_facilitator(db, "fay")
        a_cohort(db, fay)

    app = press(open_page("messages", as_=fay), "Write everybody their link")

    assert ["Nobody is on the list" in one.value for one in app.success] == [True]


def test_messages_to_two_of_the_same_name_are_told_apart(open_page: Open, sqlite: str) -> None:
    with write() as db:
        opened = an_opening(db)
        for email in ("john@north.example", "smith@south.example"):
            token = applying.begin(
                db, opened.slug, name="John Smith", email=email, organisation="", network=email, at=IN_TIME
            )
            applying.keep(db, token, ANSWERS, at=IN_TIME)
            applying.send(db, token, at=IN_TIME)

    app = open_page("messages", as_=opened.fay)
    for email in ("john@north.example", "smith@south.example"):
        line = f"John Smith: Your application has arrived, {email}"
        app = field(app, "selectbox", "Message").select(line).run()
        assert f"To John Smith, {email}" in texts(app)
