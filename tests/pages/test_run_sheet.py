"""A session by its run-sheet, as the screens have it: one primary button, the phones and the room follow."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.services import cohorts, facilitators, news, pulses, rounds, run_sheets
from mcm_core.store.engine import read, write
from mcm_core.store.tables import CohortSessionRow, RunSheetRow
from tests.pages.conftest import CLOCK, Open
from tests.pages.test_vote import words
from tests.services.boards import a_board
from tests.services.people import NOW, a_facilitator
from tests.services.sheets import begin, go_on, go_to, hold
from tests.services.stories import Group, a_group, answer

TEA = "A vote to practise"
FROM_ARRIVE = "Next: Stories of meaningful connection (closes the vote)"


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 5)


def bare(label: str) -> str:
    """A label as people read it (ui/pieces.py disarms it)."""
    return label.replace("\\", "").replace("\u2060", "")


def press(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if bare(button.label) == label).click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [bare(button.label) for button in app.button]


def primary(app: AppTest) -> list[str]:
    """The labels of the buttons that stand out. (That of a note is in a fold.)"""
    return [bare(one.label) for one in app.button if one.proto.type == "primary" and one.label != "Save this note"]


def heads(app: AppTest) -> list[str]:
    return [bare(one.value) for one in [*app.header, *app.title]]


def countdowns(app: AppTest) -> list[float]:
    """The seconds that each countdown of the page was told are left."""
    found = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "mcm_countdown"]
    return [json.loads(one.json)["left"] for one in found]


def ways(app: AppTest) -> list[str]:
    """The pages that a screen leads to, each with what is to be opened there."""
    return [f"{one.proto.page}?{one.proto.query_string}".removesuffix("?") for one in app.get("page_link")]


def now_on(group: Group) -> str | None:
    with read() as db:
        on = run_sheets.now_on(db, group.facilitator, group.cohort.id, at=CLOCK)
    return on.block.title if on else None


def test_session_one_is_run_by_pressing_the_one_primary_button_eleven_times(open_page: Open, group: Group) -> None:
    """Between the tap that begins the session and the one that ends it; three of the eleven are the vote's own. The
    check-in of the first block opens and closes by itself."""
    app = press(open_page("facilitate", as_=group.facilitator), "Begin session 1")
    pressed: list[str] = []
    while primary(app) != ["End session 1"]:
        assert len(primary(app)) == 1, primary(app)
        pressed += primary(app)
        app = press(app, primary(app)[0])
    app = press(app, "End session 1")

    print(*pressed, sep="\n")
    assert len(pressed) == 11
    assert pressed[0] == FROM_ARRIVE
    assert [one for one in pressed if not one.startswith("Next: ")] == [
        "Open the vote", "Close the vote", "Reveal to everybody",
    ]  # fmt: skip
    assert "Session 1 has ended." in words(app)
    assert now_on(group) is None


def test_a_phone_shows_the_block_its_time_and_the_check_in_that_opens_with_it(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=CLOCK)

    app = open_page("vote", as_=group.members[0])

    assert "Arrive" in heads(app)
    assert "You can pass on anything" in words(app)
    assert "How safe does this space feel for taking part today?" in words(app) + " ".join(r.label for r in app.radio)
    assert countdowns(app) == [600]
    assert "Say aloud how to pass" not in words(app), "the note is for facilitators"


@pytest.mark.parametrize(
    ("title", "number", "leads"),
    [
        ("How we want to be together", 1, "agreement"),
        ("What would you like help with?", 1, "topics?part=board"),
        ("Until next time", 1, "between"),
        ("News and views", 2, "news"),
        ("Offers and needs", 2, "topics?part=offers"),
        ("Until next time", 2, "between?open=try"),
        ("Until next time", 3, "topics?part=dots"),
        ("What comes next?", 6, "closing"),
    ],
)
def test_a_block_leads_to_the_part_of_a_page_that_it_is_about(
    open_page: Open, group: Group, title: str, number: int, leads: str
) -> None:
    with write() as db:
        go_to(db, group, title, number=number, at=CLOCK)

    assert leads in ways(open_page("today", as_=group.members[0]))


def test_the_last_block_leads_to_the_question_how_it_was_as_soon_as_that_is_open(open_page: Open, group: Group) -> None:
    with write() as db:
        go_to(db, group, "Until next time", at=CLOCK)
    assert "news" not in on_the_card(open_page("today", as_=group.members[0]))
    with write() as db:
        db.get_one(CohortSessionRow, group.cohort.session(1).id).starts_local = two_hours_ago(group)
    pulses.keep_house(at=CLOCK)

    app = open_page("today", as_=group.members[0])

    assert on_the_card(app) == ["between", "news"]
    asked = [bare(one.proto.label) for one in app.get("page_link") if "How was session 1?" in one.proto.label]
    assert len(asked) == 1, "not a second time below"


def two_hours_ago(group: Group) -> datetime:
    """A wall-clock start of which five minutes are left to the session's end."""
    return (CLOCK - timedelta(minutes=115)).astimezone(ZoneInfo(group.cohort.time_zone)).replace(tzinfo=None)


def on_the_card(app: AppTest) -> list[str]:
    """Where the card of the block leads, in order."""
    (card,) = [one for one in app.main.children.values() if getattr(one.proto, "id", "").endswith("now")]
    return [one.proto.page for one in card.get("page_link")]


def test_the_room_shows_the_block_without_a_control_or_a_name(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=CLOCK)

    app = open_page("room", as_=group.facilitator)

    assert "Arrive" in heads(app)
    assert countdowns(app) == [600]
    assert not app.button
    assert "Ada" not in words(app)
    assert "Say aloud how to pass" not in words(app)


def test_a_practice_vote_is_tapped_on_today_and_counted_in_the_room(open_page: Open, group: Group) -> None:
    with write() as db:
        go_to(db, group, TEA, at=CLOCK)
    app = press(open_page("today", as_=group.members[0]), "With lemon")

    assert "Counted. You can tap another one." in words(app)
    assert "then it is forgotten" in words(app)
    assert "Saved" not in words(app), "it is counted while the block is on, and kept nowhere"
    assert "✓ With lemon" in labels(app)
    room = open_page("room", as_=group.facilitator)
    assert "1 has tapped" in words(room)
    assert "lemon" not in words(room), "what was tapped is never shown"
    assert "1 has tapped" in words(open_page("facilitate", as_=group.facilitator))


def test_a_picture_stays_while_it_is_talked_about_and_goes_with_the_next_block(open_page: Open, group: Group) -> None:
    with write() as db:
        sheet = go_to(db, group, "Where are we now?", at=CLOCK)
    app = press(open_page("facilitate", as_=group.facilitator), "Open the vote")
    with write() as db:
        opened = rounds.on_stage(db, group.facilitator, group.cohort.id, at=CLOCK)
        assert opened
        answer(db, opened, group.members, [(2, 3)] * 5, at=CLOCK)
    app = press(press(app, "Close the vote"), "Reveal to everybody")
    app = press(app, "Next: What do we see?")
    assert app.get("plotly_chart")
    assert open_page("room", as_=group.facilitator).get("plotly_chart")

    with write() as db:
        found = run_sheets.of_session(db, group.facilitator, sheet.session_id)
        assert found
        go_on(db, group, found, at=CLOCK + timedelta(minutes=1))

    room = open_page("room", as_=group.facilitator)
    assert not room.get("plotly_chart")
    assert "What would you like help with?" in heads(room)
    assert "What would you like help with?" in heads(open_page("vote", as_=group.members[0]))


def test_a_vote_that_waits_has_the_button_and_is_left_out_on_purpose_only(open_page: Open, group: Group) -> None:
    with write() as db:
        go_to(db, group, "Where are we now?", at=CLOCK)
    phone = words(open_page("today", as_=group.members[0]))
    assert "The vote opens here when your facilitator opens it." in phone

    app = open_page("facilitate", as_=group.facilitator)

    assert primary(app) == ["Open the vote"]
    assert not [one for one in labels(app) if one.startswith("Next: ")]
    app = press(app, "Go on without this vote")
    assert now_on(group) == "What do we see?"
    assert primary(app) == ["Next: What would you like help with?"]


def test_when_the_time_is_up_nothing_closes_and_two_minutes_are_one_tap(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=NOW)  # half an hour ago, and planned for ten minutes

    app = open_page("facilitate", as_=group.facilitator)
    assert now_on(group) == "Arrive"
    assert countdowns(app)[0] < 0, "the browser says: when you’re ready"
    app = press(app, "2 more minutes")

    assert countdowns(app) == [120]


def test_who_does_not_have_the_lead_presses_nothing(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=CLOCK)
        co = a_facilitator(db, "tom")
        invitation = facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW)
        facilitators.accept_as(db, co, invitation, at=NOW)
    app = open_page("facilitate", as_=co)
    assert not [one for one in labels(app) if one.startswith(("Next", "End", "Back", "2 more"))]

    app = press(app, "Take the lead")

    assert primary(app) == [FROM_ARRIVE]
    app = press(app, primary(app)[0])
    assert now_on(group) == "Stories of meaningful connection"


def test_a_reload_or_a_colleagues_step_finds_the_session_where_it_is(open_page: Open, group: Group) -> None:
    app = press(open_page("facilitate", as_=group.facilitator), "Begin session 1")
    app = press(app, FROM_ARRIVE)

    again = open_page("facilitate", as_=group.facilitator)

    assert "Stories of meaningful connection" in heads(again)
    assert primary(again) == primary(app)


def test_a_line_that_was_tapped_is_folded_when_it_is_over(open_page: Open, group: Group) -> None:
    app = press(open_page("facilitate", as_=group.facilitator), "Begin session 1")
    with read() as db:
        sheet = run_sheets.of_session(db, group.facilitator, group.cohort.session(1).id)
    assert sheet
    assert sheet.following
    app = app.radio[0].set_value(sheet.following.id).run()
    assert "Skip it" in labels(app)
    app = press(app, FROM_ARRIVE)
    assert bare(app.radio[0].options[0]).startswith("Now: ")

    app = press(app, primary(app)[0])

    assert "What is over: 2 of 9" in [bare(one.label) for one in app.expander]
    assert "Stories" not in " ".join(app.radio[0].options)
    assert re.search(r"\d\d:\d\d Stories of meaningful connection, 20 min, took 0", words(app))


def test_a_stale_press_says_who_was_quicker(open_page: Open, group: Group) -> None:
    app = press(open_page("facilitate", as_=group.facilitator), "Begin session 1")
    with write() as db:
        found = run_sheets.of_session(db, group.facilitator, group.cohort.session(1).id)
        assert found
        go_on(db, group, found, at=CLOCK)

    app = press(app, FROM_ARRIVE)

    assert "You have already changed the plan" in words(app)
    assert now_on(group) == "Stories of meaningful connection"


def test_a_mistaken_next_is_taken_back(open_page: Open, group: Group) -> None:
    app = press(open_page("facilitate", as_=group.facilitator), "Begin session 1")
    app = press(press(app, FROM_ARRIVE), "Back to “Arrive”")
    assert now_on(group) == "Arrive"

    app = press(app, "Take the beginning back")

    assert now_on(group) is None
    assert primary(app) == ["Begin session 1"]


def test_a_session_out_of_order_may_begin_and_it_is_said(open_page: Open, group: Group) -> None:
    app = open_page("facilitate", as_=group.facilitator)
    app = app.selectbox(key="facilitate.session.1").select(3).run()

    assert "Session 1 was not run by its plan. You can begin this one all the same." in words(app)
    press(app, "Begin session 3")
    assert now_on(group) == "Arrive"


def test_what_is_missing_before_the_next_session_is_said_on_the_desk_and_in_the_plan(
    open_page: Open, group: Group
) -> None:
    with write() as db:
        hold(db, group, at=NOW)
        db.get_one(CohortSessionRow, group.cohort.session(1).id).starts_local = two_hours_ago(group) - timedelta(days=7)
        db.get_one(RunSheetRow, group.cohort.session(1).id).ended_at = CLOCK - timedelta(days=7)

    app = open_page("facilitate", as_=group.facilitator)

    missing = "Nothing has been said back about session 1 yet."
    assert missing in bare(app.warning[0].value)
    assert "news" in ways(app)
    assert [one.disabled for one in app.button if bare(one.label) == "Begin session 2"] == [True]
    assert missing in bare(open_page("plan", as_=group.facilitator).info[0].value)
    with write() as db:
        news.say_back(
            db, group.facilitator, group.cohort.session(1).id, you_said="Too fast", outcome="changed",
            reply="one activity less", at=CLOCK,
        )  # fmt: skip
    assert not open_page("plan", as_=group.facilitator).info
    press(open_page("facilitate", as_=group.facilitator), "Begin session 2")


def test_a_cancelled_session_is_drawn_as_cancelled_wherever_it_stands(open_page: Open, group: Group) -> None:
    with write() as db:
        cohorts.cancel_session(db, group.facilitator, group.cohort.session(1).id, at=NOW)

    today = open_page("today", as_=group.members[0])
    assert re.search(r"Session 1, \w+ \d+ \w+, does not take place\.", words(today))
    app = open_page("facilitate", as_=group.facilitator)
    assert "Begin session 2" in labels(app), "the next one that takes place"
    assert "Session 1 was not run" not in words(app)

    app = app.selectbox(key="facilitate.session.2").select(1).run()
    assert bare(app.radio[0].label) == "The plan of session 1 (cancelled)"
    assert "Session 1 was cancelled." in bare(app.warning[0].value)
    assert [one.disabled for one in app.button if bare(one.label) == "Begin session 1"] == [True]
    assert "1 (cancelled)" in [bare(one) for one in app.selectbox(key="facilitate.session.2").options]
    plan = open_page("plan", as_=group.facilitator)
    assert "1 (cancelled)" in str(plan.get("button_group")[0].proto)


def test_who_came_is_seen_and_corrected_by_facilitators(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=NOW)  # they joined just then
    app = open_page("facilitate", as_=group.facilitator)
    app = app.toggle(key="facilitate.came").set_value(True).run()
    assert "5 of 5 came" in words(app)

    app = press(app, "Ada came. Change it")

    assert "4 of 5 came" in words(app)
    assert "Ada was not here. Change it back" in labels(app)


def page_links(app: AppTest) -> list[str]:
    return [bare(one.proto.label) for one in app.get("page_link")]


def test_the_block_of_dots_asks_for_them_and_the_desk_leads_to_the_reveal(open_page: Open, group: Group) -> None:
    with write() as db:
        a_board(db, group)
        sheet = go_to(db, group, "Until next time", number=3, at=CLOCK)

    assert "Give your dots" in page_links(open_page("today", as_=group.members[0]))
    desk = open_page("facilitate", as_=group.facilitator)
    assert "0 of" in words(desk)
    assert "Reveal the dots on Topics" in page_links(desk)

    with write() as db:
        step = {"version": sheet.version, "at": CLOCK, "is_connected": lambda _: False}
        run_sheets.end(db, group.facilitator, sheet.session_id, **step)

    assert "Reveal the dots on Topics" in page_links(open_page("facilitate", as_=group.facilitator))


def test_where_nobody_can_be_asked_for_dots_the_desk_says_why(open_page: Open, group: Group) -> None:
    with write() as db:
        go_to(db, group, "Until next time", number=3, at=CLOCK)

    desk = open_page("facilitate", as_=group.facilitator)

    assert "Nobody is asked for dots. There are fewer than two topics to choose from." in words(desk)
    assert "Give your dots" not in page_links(open_page("today", as_=group.members[0]))


def test_every_step_says_what_it_does_with_a_vote_that_is_open(open_page: Open, group: Group) -> None:
    with write() as db:
        go_to(db, group, "Where are we now?", at=CLOCK)
    app = press(open_page("facilitate", as_=group.facilitator), "Open the vote")
    assert primary(app) == ["Close the vote"]

    app = press(app, "Next: What do we see? (the vote stays open)")
    assert primary(app) == ["Close the vote"], "also in the block that talks about it"
    app = press(app, "End session 1 now (closes the vote)")

    said = words(app)
    assert "Session 1 has ended." in said
    assert "people are answering" not in said
    assert primary(app) == ["Reveal to everybody"], "it can be shown afterwards"
    assert heads(open_page("vote", as_=group.members[0])) == ["Session 1 has ended"]


def test_the_desk_says_where_the_picture_of_a_vote_that_ends_with_its_block_can_be_seen(
    open_page: Open, group: Group
) -> None:
    before = CLOCK - timedelta(minutes=5)
    with write() as db:
        go_to(db, group, "Stories of meaningful connection", at=before)
        opened = rounds.on_stage(db, group.facilitator, group.cohort.id, at=CLOCK)
        assert opened
        answer(db, opened, group.members, [(2, None)] * 5, at=before)
    desk = open_page("facilitate", as_=group.facilitator)
    assert (
        "its picture is then on the phones, under “The last picture”, until the next vote opens; the room shows it "
        "if you come back to this block."
    ) in words(desk)

    desk = press(desk, "Next: How we want to be together (closes the vote)")
    assert not open_page("room", as_=group.facilitator).get("plotly_chart")
    assert "The last picture" in [fold.label for fold in open_page("vote", as_=group.members[0]).expander]
    press(desk, "Back to “Stories of meaningful connection”")
    assert open_page("room", as_=group.facilitator).get("plotly_chart")


def test_where_the_next_block_talks_about_the_picture_the_desk_says_that_the_room_has_it(
    open_page: Open, group: Group
) -> None:
    with write() as db:
        go_to(db, group, "And the start, seen from today?", number=6, at=CLOCK)
        opened = rounds.on_stage(db, group.facilitator, group.cohort.id, at=CLOCK)
        assert opened
        answer(db, opened, group.members, [(2, None)] * 5, at=CLOCK)
    desk = open_page("facilitate", as_=group.facilitator)
    assert "its picture is then on the room&#x27;s screen and on the phones." in words(desk)

    press(desk, "Next: Our journey (closes the vote)")
    assert open_page("room", as_=group.facilitator).get("plotly_chart")
    assert open_page("vote", as_=group.members[0]).get("plotly_chart")


@pytest.mark.parametrize(
    ("people", "said"),
    [(0, "There is nobody in the group yet"), (1, "There is one of you"), (4, "There are 4 of you")],
)
def test_where_a_group_is_too_small_to_be_anonymous_the_desk_says_so_before_anything_is_pressed(
    open_page: Open, sqlite: str, people: int, said: str
) -> None:
    with write() as db:
        group = a_group(db, people)
        begin(db, group, at=CLOCK)

    desk = open_page("facilitate", as_=group.facilitator)

    assert f"The vote of this block stays closed. {said}; this could not be anonymous." in words(desk)
    assert "closes by itself" not in words(desk)
    assert "Open the vote" not in labels(desk)
    assert primary(desk) == ["Next: Stories of meaningful connection"]
