"""The plan: blocks are moved, shortened and skipped in two taps, reworded, added, and set back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import InitialValue, Radio

from mcm_core.domain.run_sheet import RunSheet
from mcm_core.services import cohorts, guests, plans, run_sheets
from mcm_core.store.engine import read, write
from tests.pages.conftest import CLOCK, Open
from tests.pages.test_run_sheet import bare, labels, press
from tests.pages.test_vote import words
from tests.services.people import NOW, a_cohort
from tests.services.sheets import a_sheet, begin, hold
from tests.services.stories import Group, a_group


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 3)


@pytest.fixture
def plan(open_page: Open, group: Group) -> AppTest:
    app = open_page("plan", as_=group.facilitator)
    assert not app.exception
    return app


@pytest.fixture
def like_a_browser(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Send what was tapped in the words that it had then, or that the server has sent since; AppTest sends today's."""
    known: dict[str, str] = {}

    def state(radio: Radio) -> WidgetState:
        if not isinstance(radio._value, InitialValue) and radio.index is not None:
            known[radio.id] = radio.options[radio.index]
        elif radio.proto.set_value:
            known[radio.id] = radio.proto.raw_value
        return WidgetState(id=radio.id, string_value=known.get(radio.id))

    monkeypatch.setattr(Radio, "_widget_state", property(state))
    return known


def sheet(group: Group, number: int = 1) -> RunSheet:
    with read() as db:
        found = run_sheets.of_session(db, group.facilitator, group.cohort.session(number).id)
    assert found
    return found


def times(app: AppTest) -> list[str]:
    """The lines of the plan, without their minutes."""
    return [bare(one).rpartition(", ")[0] for one in app.radio[0].options]


def tap(app: AppTest, group: Group, title: str) -> AppTest:
    """Choose a block: the first of the two taps."""
    (block,) = [one for one in sheet(group).blocks if one.title == title]
    return app.radio[0].set_value(block.id).run()


def test_a_plan_shows_when_every_block_begins(plan: AppTest) -> None:
    assert times(plan)[:3] == [
        "14:00 Arrive", "14:10 Stories of meaningful connection", "14:30 How we want to be together",
    ]  # fmt: skip
    assert "120 minutes are planned." in words(plan)


def test_the_second_tap_moves_a_block_and_the_rest_is_timed_anew(plan: AppTest, group: Group) -> None:
    app = press(tap(plan, group, "Stories of meaningful connection"), "Earlier")

    assert times(app)[:3] == [
        "14:00 Stories of meaningful connection", "14:20 Arrive", "14:30 How we want to be together",
    ]  # fmt: skip


def test_the_second_tap_shortens_or_skips(plan: AppTest, group: Group) -> None:
    app = press(tap(plan, group, "Stories of meaningful connection"), "5 minutes less")
    assert times(app)[2] == "14:25 How we want to be together"
    assert "5 minutes are free." in words(app)

    app = press(tap(app, group, "Break"), "Skip it")

    assert "12 minutes are free." in words(app)
    assert "Take it up again" in labels(tap(app, group, "Break"))


@pytest.mark.parametrize("page", ["plan", "facilitate"])
def test_a_block_stays_chosen_from_change_to_change(
    open_page: Open, group: Group, like_a_browser: dict[str, str], page: str
) -> None:
    app = tap(open_page(page, as_=group.facilitator), group, "Arrive")

    for label in ("Later", "Later", "Later", "Earlier", "5 minutes more", "5 minutes less", "Skip it"):
        app = press(app, label)

    assert [one.title for one in sheet(group).blocks].index("Arrive") == 2
    assert "Take it up again" in labels(app)
    assert "Skip it" in labels(tap(app, group, "Break"))


def test_a_second_press_before_the_answer_to_the_first_leaves_the_block_chosen(
    plan: AppTest, group: Group, like_a_browser: dict[str, str]
) -> None:
    """The browser still sends the line as it was before the first."""
    app = tap(plan, group, "Arrive")
    app = press(app, "5 minutes more")
    app.radio[0].proto.set_value = False  # on its way

    app = press(app, "5 minutes more")

    assert [bare(one) for one in like_a_browser.values()] == ["14:00 Arrive, 10 min"]
    assert "Earlier" in labels(app)


def test_another_session_begins_with_no_block_chosen(plan: AppTest, group: Group) -> None:
    app = tap(plan, group, "Arrive")
    app.get("button_group")[0].set_value(2).run()
    assert "Earlier" not in labels(app)


def test_what_has_begun_is_not_changed(open_page: Open, group: Group) -> None:
    with write() as db:
        begin(db, group, at=CLOCK)

    app = tap(open_page("plan", as_=group.facilitator), group, "Arrive")

    assert "“Arrive” has begun, so it stays as it is." in words(app)
    assert "Earlier" not in labels(app)


def test_the_words_of_a_block_are_ones_own(plan: AppTest, group: Group) -> None:
    app = tap(plan, group, "Arrive")
    next(one for one in app.text_area if one.label == "On the phones").set_value("Come in. *Sit* down.")
    app = press(app, "Save these words")

    assert sheet(group).blocks[0].prompt == "Come in. *Sit* down."
    assert sheet(group, 1).blocks[0].title == "Arrive"


def test_what_a_colleague_changes_elsewhere_in_the_plan_leaves_the_boxes_in_which_somebody_types(
    plan: AppTest, group: Group
) -> None:
    app = tap(plan, group, "Arrive")
    boxes = [one.id for one in app.text_area]
    first, *_, last = sheet(group).blocks
    with write() as db:
        plans.skip(db, group.facilitator, last.id, version=sheet(group).version)

    assert [one.id for one in app.run().text_area] == boxes
    with write() as db:
        plans.lengthen(db, group.facilitator, first.id, 5, version=sheet(group).version)
    assert [one.id for one in app.run().text_area] != boxes  # theirs are not written over unseen


def test_a_block_is_added_by_two_taps(plan: AppTest, group: Group) -> None:
    app = press(plan, "Add this block")

    assert [one.title for one in sheet(group).blocks[-2:]] == ["Open conversation", "Until next time"]
    assert "130 minutes are planned, and the session has 120: shorten it by 10." in words(app)


def test_of_two_blocks_with_one_title_each_can_be_chosen(plan: AppTest) -> None:
    app = press(press(plan, "Add this block"), "Add this block")

    behind = next(one for one in app.selectbox if one.label == "Behind")
    assert len([one for one in behind.options if one.startswith("Open conversation, block ")]) == 2
    assert len(set(behind.options)) == len(behind.options)


def test_an_added_vote_asks_all_themes(plan: AppTest, group: Group) -> None:
    next(one for one in plan.selectbox if one.label == "What it opens").select("meaningful_connections")
    press(plan, "Add this block")

    plan_ = sheet(group).blocks[-2].round_plan
    assert plan_ is not None
    assert plan_.instrument == "meaningful_connections"


def test_a_plan_can_be_set_back_and_copied(plan: AppTest, group: Group, open_page: Open) -> None:
    with write() as db:
        other = a_cohort(db, group.facilitator, "Second group")
    app = press(
        tap(open_page("plan", as_=group.facilitator, cohort=group.cohort.id), group, "Arrive"), "5 minutes more"
    )

    app = press(app, "Copy this plan to “Second group”")
    with read() as db:
        theirs = run_sheets.of_session(db, group.facilitator, other.session(1).id)
    assert theirs is not None
    assert [one.minutes for one in theirs.blocks] == [one.minutes for one in sheet(group).blocks]
    assert not {one.id for one in theirs.blocks} & {one.id for one in sheet(group).blocks}

    app = press(app, "Yes, start over")
    assert sheet(group).blocks[0].minutes == 10
    assert [bare(one.value) for one in app.success] == ["Session 1 has the programme’s plan again."]


def test_what_another_cohort_changed_is_named_before_a_copy_replaces_it(
    plan: AppTest, group: Group, open_page: Open
) -> None:
    with write() as db:
        other = a_cohort(db, group.facilitator, "Second group")
        theirs = run_sheets.make(db, group.facilitator, other.session(1).id)
        plans.lengthen(db, group.facilitator, theirs.blocks[1].id, 5, version=theirs.version)
    app = open_page("plan", as_=group.facilitator, cohort=group.cohort.id)

    assert "Copy this plan to “Second group”" not in labels(app)
    assert "What was changed there goes, and that cannot be undone: “Stories of meaningful connection”." in words(app)
    app = press(app, "Yes, replace the plan of “Second group”")

    assert {"Copy this plan to “Second group”", "Start over from the programme"} <= set(labels(app))


@pytest.mark.parametrize("page", ["plan", "facilitate"])
def test_once_a_session_has_ended_nothing_asks_to_change_its_plan(open_page: Open, group: Group, page: str) -> None:
    with write() as db:
        before = a_sheet(db, group)
        plans.lengthen(db, group.facilitator, before.blocks[0].id, 5, version=before.version)
    said = words(open_page(page, as_=group.facilitator))
    assert "125 minutes are planned, and the session has 120: shorten it by 5." in said
    assert ("Tap a block" in said) is (page == "plan")
    with write() as db:
        hold(db, group, at=CLOCK)

    said = words(open_page(page, as_=group.facilitator))

    assert "125 minutes were planned." in said
    assert "shorten" not in said
    assert "Tap a block" not in said


def test_a_guest_helps_with_one_block(open_page: Open, group: Group) -> None:
    with write() as db:
        guests.invite(db, group.facilitator, group.cohort.session(1).id, "Gus", at=NOW)
    app = open_page("plan", as_=group.facilitator)

    app = press(tap(app, group, "Stories of meaningful connection"), "Gus helps with this")

    assert [bool(one.guest_id) for one in sheet(group).blocks][:3] == [False, True, False]
    app = press(tap(app, group, "Stories of meaningful connection"), "Gus no longer helps with this")
    assert not any(one.guest_id for one in sheet(group).blocks)


def test_what_last_week_took_is_said(open_page: Open, group: Group) -> None:
    with write() as db:
        on = begin(db, group, at=NOW)
        run_sheets.end(db, group.facilitator, on.session_id, version=on.version, at=CLOCK, is_connected=lambda _: False)

    said = words(open_page("plan", as_=group.facilitator))

    assert "Session 1: planned 10 minutes, took 30. “Arrive” took 20 more than planned." in said


def test_a_running_session_says_how_late_it_will_end(open_page: Open, group: Group) -> None:
    """Begun a quarter of an hour after its time, with all of its two hours ahead; and a minute is one."""
    first = group.cohort.session(1)
    there = CLOCK.astimezone(ZoneInfo(group.cohort.time_zone)).replace(tzinfo=None)
    with write() as db:
        cohorts.move_session(db, group.facilitator, first.id, there - timedelta(minutes=15), 120, at=NOW)
        running = begin(db, group, at=CLOCK)
        last = running.blocks[-1]
        plans.lengthen(db, group.facilitator, last.id, 1 - last.minutes, version=running.version)

    app = open_page("facilitate", as_=group.facilitator)

    ends = there + timedelta(minutes=121 - last.minutes)
    assert f"Ends about {ends:%H:%M}, {16 - last.minutes} minutes late." in words(app)
    assert bare(app.radio[0].options[-1]).endswith("Until next time, 1 min")
