"""The page between sessions: catch-ups for facilitators and members, and what members write for themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.catch_up import Outcome
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.visitor import Visitor
from mcm_core.services import catch_ups, entries, mailing, members, my_catch_ups, topics, wishes
from mcm_core.store.engine import read, write
from mcm_core.ui.pieces import plain
from tests.pages.conftest import Open
from tests.pages.note_page import field, html, press
from tests.services.people import NOW
from tests.services.stories import Group, a_group


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 4)


@pytest.fixture
def shared(group: Group) -> Group:
    with write() as db:
        catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=NOW)
        catch_ups.share(db, group.facilitator, group.cohort.id, 1, version=1, at=NOW)
    return group


def my_partner(group: Group) -> Any:
    with read() as db:
        (one,) = my_catch_ups.mine(db, group.members[0])
        return next(person for person in group.members if person.member_id == one.partners[0].id)


def to_notes(app: AppTest) -> list[str]:
    """Where the links lead that stand beside what has become a note."""
    return [one.proto.page for one in app.get("page_link") if one.proto.label == "Change or delete the note"]


def leaves(block: Any) -> Iterator[Any]:
    """What is drawn, from top to bottom."""
    for one in block.children.values():
        yield from leaves(one) if hasattr(one, "children") else [one]


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_facilitator_suggests_and_shares_in_two_taps(open_page: Open, group: Group) -> None:
    app = press(open_page("between", as_=group.facilitator), "Suggest catch-ups")
    assert "Share with everybody" in labels(app)

    app = press(app, "Share with everybody")

    assert [head.value for head in app.subheader] == ["Week 2: catch-ups to share", "Week 1: shared"]
    assert "0 of 6 possible pairs have met." in html(app)
    with read() as db:
        assert my_catch_ups.mine(db, group.members[0])


def test_a_facilitator_alone_reads_that_catch_ups_need_two(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = press(open_page("between", as_=fay), "Suggest catch-ups")

    assert "needs two people" in app.error[0].value
    assert labels(app).count("Suggest catch-ups") == 1
    assert [head.value for head in app.subheader] == ["Week 1: catch-ups to share"]


def test_a_week_that_went_by_without_catch_ups_holds_up_no_later_one(
    open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(open_page("between", as_=group.facilitator), "Suggest catch-ups")  # and nobody shares them
    monkeypatch.setattr("tests.pages.conftest.CLOCK", group.cohort.session(2).ends_at)

    assert "Catch-ups of week 2 are not shared yet." in html(open_page("today", as_=group.facilitator))
    app = open_page("between", as_=group.facilitator)
    assert [head.value for head in app.subheader] == ["Week 2: catch-ups to share"]
    press(press(app, "Suggest catch-ups"), "Share with everybody")
    assert "Week 2: you catch up with " in html(open_page("between", as_=group.members[0]))


def test_after_the_last_session_no_catch_ups_are_to_share(
    open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.pages.conftest.CLOCK", group.cohort.session(6).ends_at)

    assert "catch-ups to share" not in str(open_page("between", as_=group.facilitator).subheader)


def test_a_group_is_kept_and_others_are_suggested(open_page: Open, group: Group) -> None:
    app = press(open_page("between", as_=group.facilitator), "Suggest catch-ups")
    keep = [button for button in app.button if button.label == "Keep"]
    assert len(keep) == 2
    app = keep[0].click().run()
    assert html(app).count("(stays)") == 1

    app = press(app, "Suggest others")

    assert html(app).count("(stays)") == 1


def test_what_does_not_fit_any_more_cannot_be_shared(open_page: Open, group: Group) -> None:
    app = press(open_page("between", as_=group.facilitator), "Suggest catch-ups")
    with write() as db:
        wishes.take_week_off(db, group.members[0], 1, yes=True)

    app = app.run()

    assert "Share with everybody" not in labels(app)
    assert "Suggest others" in app.info[0].value
    assert "Not this week, with a week off: Ada." in html(app)


def test_the_desk_says_who_has_not_joined_yet(open_page: Open, shared: Group) -> None:
    with write() as db:
        members.add(db, shared.facilitator, shared.cohort.id, "Yan", at=NOW)

    app = open_page("between", as_=shared.facilitator)

    assert "Not this week, because they have not joined yet: Yan." in html(app)


def test_a_swap_is_asked_for_and_arranged(open_page: Open, shared: Group) -> None:
    ada = shared.members[0]
    before = my_partner(shared).name
    app = press(open_page("between", as_=ada), "Swap me")
    assert "not by whom" in html(app)

    app = open_page("between", as_=shared.facilitator)
    assert "One group needs another arrangement" in html(app)
    assert "Arrange it anew" not in labels(press(app, "Arrange it anew"))
    assert my_partner(shared).name != before


def test_whose_catch_up_changed_reads_so_until_they_say_something_and_not_why(open_page: Open, shared: Group) -> None:
    partner, ada = my_partner(shared), shared.members[0]
    assert "Your catch-up has changed" not in html(open_page("today", as_=partner))
    with write() as db:
        members.erase(db, ada, keep_notes=False)
        took_in = [one.name for one in my_catch_ups.mine(db, partner)[0].partners]

    today = html(open_page("today", as_=partner))
    assert f"Your catch-up has changed: {' and '.join(took_in)}." in today
    assert "Ada" not in today
    between = open_page("between", as_=partner)
    assert "Your catch-up has changed. Week 1: you catch up with " in html(between)
    assert "has changed" not in html(press(between, "Not yet"))
    assert "Your catch-up" not in html(open_page("today", as_=partner))


def test_a_line_that_is_half_typed_stays_theirs_when_their_group_changes(open_page: Open, shared: Group) -> None:
    def kept_at() -> set[str]:
        drawn = [one.proto for one in open_page("between", as_=partner).get("bidi_component")]
        return {json.loads(one.json)["place"] for one in drawn if one.component_name == "mcm_draft"}

    partner = my_partner(shared)
    with read() as db:
        before = my_catch_ups.mine(db, partner)[0].id
    places = kept_at()
    with write() as db:
        members.erase(db, shared.members[0], keep_notes=False)

    with read() as db:
        assert my_catch_ups.mine(db, partner)[0].id != before, "it is another group now"
    assert f"{shared.cohort.id}.1.line" in places & kept_at()


def test_a_member_says_that_they_met_with_one_tap(open_page: Open, shared: Group) -> None:
    app = open_page("between", as_=shared.members[0])
    assert f"Week 1: you catch up with {my_partner(shared).name}." in html(app)

    app = press(app, "We met")

    with read() as db:
        assert [one.said for one in my_catch_ups.mine(db, shared.members[0])] == [Outcome.MET]
    assert "You said that you met." in html(app)


def test_a_line_goes_to_the_partner_and_with_their_yes_to_the_group(open_page: Open, shared: Group) -> None:
    ada, partner = shared.members[0], my_partner(shared)
    app = open_page("between", as_=ada)
    field(app, "text_input", "One thing I take away, in one line").input("Ask <b>first</b>").run()
    app = press(app, "Keep this line")
    assert f"Only you and {partner.name} see it" in html(app)

    theirs = open_page("between", as_=partner)
    assert "Ask &lt;b&gt;first&lt;/b&gt;" in html(theirs)
    press(theirs, "It is fine with me")

    app = press(open_page("between", as_=ada), "Make it a note")
    assert "Your line is a note now." in html(app)
    assert to_notes(app) == ["notes"]


def test_wishes_are_kept(open_page: Open, shared: Group) -> None:
    ada = shared.members[0]
    app = open_page("between", as_=ada)
    assert "Facilitators may notice that the two of you cannot be put together, not which of you asked" in html(app)
    field(app, "text_input", "How my partner can reach me. Only they see it.").input("By phone").run()
    app = press(app, "Keep this")
    app = press(app, "Week 2 off for me")
    app = field(app, "selectbox", "Somebody").set_value(my_partner(shared).member_id).run()
    app = press(app, "Please don’t put us together")
    assert "Not with " in html(app)

    with read() as db:
        mine = wishes.mine(db, ada)
    assert (mine.reach, mine.weeks_off, len(mine.apart)) == ("By phone", (2,), 1)
    app = press(press(app, "It is fine again"), "Count me in again")
    with read() as db:
        assert wishes.mine(db, ada).apart == wishes.mine(db, ada).weeks_off == ()


def test_an_entry_is_written_in_one_go_and_the_box_is_empty_again(open_page: Open, group: Group) -> None:
    ada = group.members[0]
    app = open_page("between", as_=ada)
    field(app, "pills", "This is about").set_value(["joys"]).run()
    field(app, "text_area", "My entry").input("I was heard").run()
    app = press(app, "Write in my diary")

    with read() as db:
        (entry,) = entries.mine(db, ada)
    assert entry.said == Said({"words": "I was heard"}, ("joys",))
    assert '<p class="note-body">I was heard</p>' in html(app)
    assert [box.value for box in app.text_area if box.label == "My entry"] == ["", "I was heard"]


def test_what_cannot_be_kept_is_said_and_stays_in_the_box(open_page: Open, group: Group) -> None:
    app = open_page("between", as_=group.members[0])
    box = "Where can it be found? A web address, if it has one"
    field(app, "text_input", box).input("javascript:alert(1)").run()
    app = press(app, "Note something I learned from")

    assert "address of a page" in app.error[0].value
    assert field(app, "text_input", box).value == "javascript:alert(1)"


def test_an_address_is_a_link_that_tells_nothing(open_page: Open, group: Group) -> None:
    with write() as db:
        entries.add(db, group.members[0], EntryKind.LEARNING, Said({"link": 'example.org/?a="b"'}), at=NOW)

    link = 'href="https://example.org/?a=&quot;b&quot;" target="_blank" rel="noopener noreferrer nofollow">'
    assert link in html(open_page("between", as_=group.members[0]))


def test_how_i_am_is_off_at_first_and_stopping_deletes_it(open_page: Open, group: Group) -> None:
    ada = group.members[0]
    app = open_page("between", as_=ada)
    assert not [box for box in app.text_area if box.label == "Anything to remember"]

    app = press(app, plain("Yes, keep my notes on how I am"))
    field(app, "pills", "One word for today").set_value("calm").run()
    app = press(app, "Note how I am")
    with read() as db:
        assert [one.said.ticks for one in entries.mine(db, ada)] == [("calm",)]

    press(app, plain("Stop, and delete all of them"))
    with read() as db:
        assert entries.mine(db, ada) == ()


def test_the_learning_log_does_not_deny_the_total_that_it_shows(open_page: Open, group: Group) -> None:
    with write() as db:
        entries.add(db, group.members[0], EntryKind.LEARNING, Said({"what": "A talk"}, minutes=210), at=NOW)

    said = html(open_page("between", as_=group.members[0]))

    assert "You have noted 3 hours 30 minutes" in said
    assert "nobody counts" not in said[: said.index("You have noted")]
    assert "nobody else sees how much it is" in said


def test_an_entry_is_shared_as_a_note_in_words_of_ones_choice(open_page: Open, group: Group) -> None:
    ada = group.members[0]
    with write() as db:
        entries.add(db, ada, EntryKind.DIARY, Said({"words": "I was heard"}), at=NOW)
    app = open_page("between", as_=ada)
    field(app, "text_area", "What others read").input("We were heard").run()

    app = press(app, "Share it")

    assert "Choose who can read it" in html(app) + "".join(one.value for one in app.error)
    with read() as db:
        assert not [one for one in entries.mine(db, ada) if one.is_note], "nobody reads it before its author says who"

    readers = field(app, "radio", "Who can read it")
    assert list(readers.options) == [
        "The facilitators and me", "Everybody in the cohort", "The cohort, and the wider network later",
    ]  # fmt: skip
    readers.set_value("cohort")
    app = press(app, "Share it")

    assert "You have shared this, as a note." in html(app)
    assert to_notes(app) == ["notes"]
    assert '<p class="note-body">We were heard</p>' in html(open_page("notes", as_=group.members[1]))


def test_today_reminds_a_facilitator_once_people_have_met(
    open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "not shared yet" not in html(open_page("today", as_=group.facilitator))

    monkeypatch.setattr("tests.pages.conftest.CLOCK", group.cohort.sessions[0].starts_at)

    assert "Catch-ups of week 1 are not shared yet." in html(open_page("today", as_=group.facilitator))


def test_a_week_that_is_over_is_urged_by_nothing(
    open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in (group.cohort.session(2).starts_at, group.cohort.session(6).ends_at):
        monkeypatch.setattr("tests.pages.conftest.CLOCK", moment)
        today = html(open_page("today", as_=group.facilitator))
        assert "week 1" not in today
        assert ("not shared yet" in today) is (moment == group.cohort.session(2).starts_at), "that is week 2"


def test_nor_is_a_broken_one(open_page: Open, shared: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, needs = shared.members[0], "Somebody needs another partner this week."
    with write() as db:
        my_catch_ups.say(db, ada, my_catch_ups.mine(db, ada)[0].id, "swap")
    assert needs in html(open_page("today", as_=shared.facilitator))

    monkeypatch.setattr("tests.pages.conftest.CLOCK", shared.cohort.session(2).starts_at)

    assert needs not in html(open_page("today", as_=shared.facilitator))


def test_today_says_whom_i_catch_up_with_until_i_have_said_whether_we_met(open_page: Open, shared: Group) -> None:
    ada = shared.members[0]
    said = f"Your catch-up this week: {my_partner(shared).name}."
    assert said in html(open_page("today", as_=ada))

    with write() as db:
        my_catch_ups.say(db, ada, my_catch_ups.mine(db, ada)[0].id, "met")

    assert said not in html(open_page("today", as_=ada))


def test_a_facilitator_sees_no_entry_and_no_answer(open_page: Open, shared: Group) -> None:
    ada = shared.members[0]
    with write() as db:
        entries.add(db, ada, EntryKind.DIARY, Said({"words": "Only mine"}), at=NOW)
        entry = entries.add(db, ada, EntryKind.TRY, Said({"apply": "My try"}), at=NOW)
        (one,) = my_catch_ups.mine(db, ada)
        my_catch_ups.write_line(db, ada, one.id, "My line", at=NOW)
        wishes.set_reach(db, ada, "My phone")
        choice = {"kind": Kind.STORY, "audience": Audience.ME, "attribution": Attribution.NONE}
        entries.share(db, ada, entry.id, body="Still mine", at=NOW, **choice)

    for page in ("between", "today", "notes", "cohort"):
        seen = html(open_page(page, as_=shared.facilitator))
        assert not [words for words in ("Only mine", "My try", "My line", "My phone", "Still mine") if words in seen]


def test_the_message_of_the_week_is_drafted_with_one_tap(open_page: Open, group: Group) -> None:
    app = open_page("between", as_=group.facilitator)
    assert next(one for one in app.button if one.label == "Write it to everybody").disabled
    with write() as db:
        members.set_email(db, group.facilitator, group.members[0].member_id or "", "ada@example.org", at=NOW)
        topics.propose(
            db, group.members[0], group.cohort.id, kind="question", text="How <b>do</b> we rest?", named=True, at=NOW
        )

    app = press(open_page("between", as_=group.facilitator), "Write it to everybody")

    assert "How &lt;b&gt;do&lt;/b&gt; we rest?" in html(app)
    drawn = [(one.type, getattr(one, "label", "") or one.value) for one in leaves(app.main)]
    pressed = drawn.index(("button", "Write it to everybody"))
    assert ("success", plain("Written for 1 person. You find it under Messages.")) in drawn[pressed : pressed + 3]
    with read() as db:
        (row,) = mailing.of_cohort(db, group.facilitator, group.cohort.id)
    assert (row.kind, row.to.name, "1 topic" in row.body) == ("digest", "Ada", True)
    assert "Write it to everybody" not in labels(open_page("between", as_=group.members[0]))
