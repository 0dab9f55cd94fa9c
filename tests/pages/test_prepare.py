"""The document is the first that a member sees, on whatever page; and a facilitator sees who is ready."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import documents, skills
from mcm_core.store.engine import read, write
from mcm_core.ui.sitemap import ENTRIES
from tests.pages.conftest import CLOCK, Open
from tests.services.people import a_cohort, a_facilitator, a_member, an_unread_member
from tests.services.stories import Group, a_group


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 2)


@pytest.fixture
def una(group: Group) -> Visitor:
    """Somebody who has come in by her link, and has the document before her."""
    with write() as db:
        return an_unread_member(db, group.facilitator, group.cohort)


def text(app: AppTest) -> str:
    """Everything that the page says."""
    drawn = [*app.get("html"), *app.header, *app.title, *app.warning, *app.success]
    return " ".join(str(getattr(one, "value", "") or getattr(one.proto, "body", "")) for one in drawn)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


@pytest.mark.parametrize("page", [entry.path or "today" for entry in ENTRIES if not entry.unread])
def test_on_every_page_she_sees_it_first(open_page: Open, una: Visitor, page: str) -> None:
    app = open_page(page, as_=una)

    assert not app.exception
    assert [one.value for one in app.title] == ["Before you take part"]
    assert {"I have read this document", "Please talk me through it"} <= set(labels(app))


def test_having_read_it_she_goes_on_where_she_was(open_page: Open, una: Visitor) -> None:
    app = open_page("notes", as_=una)
    app.button(key="document.read.1.0").click().run()

    assert [one.value for one in app.title] == ["Notes"]


def test_a_wish_for_a_talk_is_said_back_to_her_and_told_to_the_facilitator(
    open_page: Open, una: Visitor, group: Group
) -> None:
    app = open_page("today", as_=una)
    app.button(key="document.ask.1.0").click().run()

    assert "Your facilitator knows" in text(app)
    assert labels(app).count("Please talk me through it") == 0
    told = [one.value for one in open_page("today", as_=group.facilitator).warning]
    assert any("2 of 3 have read it" in one and "Asks to be talked through it" in one for one in told)


def test_what_is_hers_is_open_before(open_page: Open, una: Visitor) -> None:
    app = open_page("my_data", as_=una)

    assert not app.exception
    assert [one.value for one in app.title] == ["My data"]


def test_a_facilitator_records_a_talk_in_one_tap(open_page: Open, una: Visitor, group: Group) -> None:
    app = open_page("prepare", as_=group.facilitator)
    assert "Una: came in, not read yet" in text(app)
    app.button(key=f"document.talked.{una.member_id}").click().run()

    assert "Una: talked through it on 5 January 2026" in text(app)
    assert not [one.value for one in open_page("today", as_=group.facilitator).warning if "missing" in one.value]


def test_sending_is_noted_for_everybody_who_waits(open_page: Open, una: Visitor, group: Group) -> None:
    app = open_page("prepare", as_=group.facilitator)
    app.button(key="document.send").click().run()

    assert "Una: sent on 5 January 2026, not read yet" in text(app)
    assert "document.send" not in {one.key for one in app.button}


def test_the_gaps_are_filled_in_and_whoever_has_read_it_is_told(open_page: Open, group: Group) -> None:
    app = open_page("prepare", as_=group.facilitator)
    box = next(one for one in app.text_area if one.label.startswith("A person to call"))
    box.set_value("Ann Lee, 020 7946 0000")
    next(one for one in app.button if one.label == "Keep these words").click().run()

    assert not app.exception
    today = open_page("today", as_=group.members[0])
    assert "have changed" in text(today)
    prepare = open_page("prepare", as_=group.members[0])
    assert "call: Ann Lee, 020 7946 0000." in text(prepare)
    prepare.button(key="document.read.1.1").click().run()
    assert "have changed" not in text(open_page("today", as_=group.members[0]))


def test_a_page_for_nobody_yet_says_what_to_do(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    assert "There are no members yet" in text(open_page("prepare", as_=fay))


def test_a_talk_lets_her_in_while_her_phone_shows_the_document(open_page: Open, una: Visitor, group: Group) -> None:
    app = open_page("today", as_=una)
    with write() as db:
        documents.talked_through(db, group.facilitator, una.member_id or "", at=CLOCK)
    app.run()

    assert [one.value for one in app.title] == ["Tuesday group"]


def test_another_cohort_shows_nobody_of_this_one(open_page: Open, una: Visitor, sqlite: str) -> None:
    with write() as db:
        olga = a_facilitator(db, "olga")
        other = a_cohort(db, olga, "Other")
        a_member(db, olga, other, "Ben")
    with read() as db:
        assert [one.name for one in documents.copies(db, olga, other.id)] == ["Ben"]
    assert "Una" not in text(open_page("prepare", as_=olga))


def test_who_asks_for_help_with_a_tool_is_on_the_list(open_page: Open, group: Group) -> None:
    with write() as db:
        skills.say(db, group.members[1], {"whiteboard": 1}, practise="", wants_help=False, at=CLOCK)
    app = open_page("prepare", as_=group.members[0])
    next(one for one in app.radio if "whiteboard" in one.label).set_value("I’d like to learn this")
    next(one for one in app.checkbox if one.label == "Please offer me help").check()
    next(one for one in app.button if one.label == "Keep my answers").click().run()

    assert not app.exception
    listed = text(open_page("prepare", as_=group.facilitator))
    assert "Ada: Use a shared online whiteboard (for example Miro)." in listed
    assert "2 have answered" in listed
    assert listed.count("Ben:") == 1  # that he has read the document, and nothing else


def test_the_group_is_told_only_from_the_threshold_on(open_page: Open, group: Group) -> None:
    with write() as db:
        for one in group.members:
            skills.say(db, one, {"whiteboard": 1}, practise="", wants_help=False, at=CLOCK)
    app = open_page("prepare", as_=group.facilitator)
    app.button(key="skills.share").click().run()
    assert any("people could guess" in one.value for one in app.error)

    with write() as db:
        for name in ("Cleo", "Dev", "Eve"):
            one = a_member(db, group.facilitator, group.cohort, name)
            skills.say(db, one, {"whiteboard": 4}, practise="", wants_help=False, at=CLOCK)
    app = open_page("prepare", as_=group.facilitator)
    app.button(key="skills.share").click().run()
    told = text(open_page("prepare", as_=group.members[1]))
    assert "One or two people would like help with whiteboards; 3 people can help." in told


def test_one_answer_of_a_plan_is_shared_and_taken_back(open_page: Open, group: Group) -> None:
    app = open_page("prepare", as_=group.members[0])
    next(one for one in app.text_area if one.label.startswith("What helps me")).set_value("Breaks, often")
    next(one for one in app.button if one.label == "Yes, share this with my facilitator").click().run()
    assert "Ada: Breaks, often" in text(open_page("prepare", as_=group.facilitator))
    assert "Breaks, often" not in text(open_page("prepare", as_=group.members[1]))
    assert "Breaks, often" in text(open_page("my_data", as_=group.members[0]))

    app = open_page("prepare", as_=group.members[0])
    app.button(key="plan.back").click().run()

    assert "Breaks" not in text(open_page("prepare", as_=group.facilitator))
