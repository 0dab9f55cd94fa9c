"""Vote, on a phone: what a member sees and what is stored when they tap."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.round import Round
from mcm_core.services import instruments, rounds, run_sheets
from mcm_core.store.engine import write
from mcm_core.ui.early import DRAWS
from tests.pages.cohort_desk import press
from tests.pages.conftest import CLOCK, Open
from tests.services.sheets import go_to
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    a_group_with_focus,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
)


def now() -> datetime:
    return CLOCK


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group_with_focus(db, 5)


@pytest.fixture
def round_(group: Group) -> Round:
    with write() as db:
        return an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools", "safety"]), at=now())


def words(app: AppTest) -> str:
    """Everything the page says, tags and all."""
    parts = [*app.markdown, *app.info, *app.success, *app.error, *app.title, *app.subheader, *app.caption]
    html = [str(part.proto.body) for part in app.get("html") if "<style" not in part.proto.body]
    return "\n".join([str(part.value) for part in parts] + html)


def test_when_the_session_has_ended_vote_says_so_leads_on_and_folds_the_last_picture(
    open_page: Open, group: Group, round_: Round
) -> None:
    with write() as db:
        answer(db, round_, group.members, [(2, 3)] * 5, at=now())
        close_and_reveal(db, group.facilitator, round_, at=now())
        on = go_to(db, group, "What do we see?", at=now())
    assert "last picture" not in folds(open_page("vote", as_=group.members[0]))

    with write() as db:
        step = {"version": on.version, "at": now(), "is_connected": lambda _: False}
        run_sheets.end(db, group.facilitator, on.session_id, **step)

    app = open_page("vote", as_=group.members[0])
    assert app.title[0].value == "Session 1 has ended"
    assert [one.proto.page for one in app.get("page_link")].count("news") == 1
    assert "last picture" in folds(app)


def test_the_next_block_stands_alone_above_the_folded_picture(open_page: Open, group: Group) -> None:
    with write() as db:
        round_ = an_open_round(
            db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=now() - timedelta(minutes=10)
        )
        answer(db, round_, group.members, [(2, 3)] * 5, at=now() - timedelta(minutes=9))
        close_and_reveal(db, group.facilitator, round_, at=now() - timedelta(minutes=9))
        go_to(db, group, "What would you like help with?", at=now())

    app = open_page("vote", as_=group.members[0])

    assert "What would you like help with" in str(app.header[0].value)
    assert "last picture" in folds(app)


def folds(app: AppTest) -> str:
    return " ".join(one.label for one in app.expander)


def ballot(app: AppTest) -> dict[str, Any] | None:
    """What the ballot's component was given to draw."""
    return component(app, "mcm_ballot")


def early(app: AppTest) -> dict[str, Any] | None:
    """What the place of the early picture was given."""
    return component(app, "mcm_early")


def component(app: AppTest, name: str) -> dict[str, Any] | None:
    found = [one.proto for one in app.get("bidi_component") if one.proto.component_name == name]
    return json.loads(found[0].json) if found else None


def themes(app: AppTest) -> dict[str, dict[str, Any]]:
    drawn = ballot(app)
    assert drawn is not None
    return {theme["key"]: theme for theme in drawn["themes"]}


def test_a_ballot_has_everything_that_a_member_reads_and_taps(open_page: Open, group: Group, round_: Round) -> None:
    drawn = ballot(open_page("vote", as_=group.members[0]))

    assert drawn is not None
    assert [theme["key"] for theme in drawn["themes"]] == ["tools", "safety"]
    assert [option["label"] for option in drawn["options"]] == [
        *("Early stages", "Forming", "Maturing", "Embedded"),
        *("Not sure", "Doesn't apply", "Rather not say"),
    ]
    assert [option["unfolds"] for option in drawn["options"]] == [True, True, True, True, True, False, False]
    assert [question["name"] for question in drawn["questions"]] == ["current", "desired"]
    for theme in drawn["themes"]:
        assert len(theme["elements"]) >= 5
        assert set(theme["anchors"]) == {"1", "2", "3", "4"}
        assert (theme["current"], theme["saved_at"], theme["last_time"]) == (None, None, None)
    assert drawn["thanks"] is None


def test_what_was_answered_is_there_again(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        answer(db, round_, group.members[:1], [{"tools": (4, None), "safety": (2, 3)}], at=now())

    app = open_page("vote", as_=group.members[0])

    assert {key: (theme["current"], theme["desired"]) for key, theme in themes(app).items()} == {
        "tools": (4, None),
        "safety": (2, 3),
    }
    assert {key: theme["saved_at"] for key, theme in themes(app).items()} == dict.fromkeys(
        themes(app), now().isoformat()
    )


def test_a_whole_ballot_is_thanked_for_and_told_last_time(open_page: Open, group: Group) -> None:
    before = now() - timedelta(minutes=5)
    with write() as db:
        first = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=before)
        answer(db, first, group.members, [(1, 2)] * 5, at=before)
        close_and_reveal(db, group.facilitator, first, at=before)
        second = rounds.vote_again(db, group.facilitator, first.id, at=now())
    assert themes(open_page("vote", as_=group.members[0]))["tools"]["last_time"] is None
    with write() as db:
        answer(db, second, group.members[:1], [(2, 3)], at=now())

    drawn = ballot(open_page("vote", as_=group.members[0]))

    assert drawn is not None
    assert drawn["themes"][0]["last_time"] == "Last time: Early stages → Forming"
    assert drawn["thanks"].startswith("Thank you. 1 of")


def test_a_round_with_one_question_asks_one(open_page: Open, group: Group) -> None:
    with write() as db:
        an_open_round(
            db, group.facilitator, group.cohort, card=a_card(instruments.offered()["participation"]), at=now()
        )

    drawn = ballot(open_page("vote", as_=group.members[0]))

    assert drawn is not None
    assert [question["name"] for question in drawn["questions"]] == ["current"]


def test_the_first_time_asks_for_the_relationship(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        an_open_round(db, group.facilitator, group.cohort, at=now())
    app = open_page("vote", as_=group.members[0])
    app.radio(key="focus.party").set_value("service users")
    app.radio(key="focus.shape").set_value("1-1")
    app.text_input(key="focus.label.").set_value("outreach <b>calls</b>")

    next(button for button in app.button if button.label == "This is the one").click().run()

    assert len(themes(app)) == 6
    assert "outreach &lt;b&gt;calls&lt;/b&gt;" in words(app)


def test_everything_that_is_missing_is_said_at_once_beneath_its_field(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        an_open_round(db, group.facilitator, group.cohort, at=now())
    app = open_page("vote", as_=group.members[0])

    app = press(app, "This is the one")

    assert fields_with_errors(app) == [
        ("Who is it with?", "Choose who it is with."),
        ("What shape has it?", "Choose its shape."),
        ("Your private name for it (needed)", "The name for the relationship is empty. Write one first."),
    ]

    app.radio(key="focus.shape").set_value("1-1")
    app = press(app, "This is the one")

    assert [label for label, _ in fields_with_errors(app)] == ["Who is it with?", "Your private name for it (needed)"]


def fields_with_errors(app: AppTest) -> list[tuple[str, str]]:
    """Each error with the label of the field above it."""
    found, above = [], ""
    for element in app.main:
        above = element.label if element.type in {"radio", "text_input"} else above
        if element.type == "error":
            found.append((above, element.value.replace("\u2060", "").replace("\\", "")))
    return found


def test_a_closed_round_says_so(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    app = open_page("vote", as_=group.members[0])

    assert "Voting has closed" in app.info[0].value
    assert ballot(app) is None
    assert early(app) == {"address": f"/revealed?round={round_.id}", "draws": DRAWS}
    assert len(DRAWS) == 1


def test_a_closed_anonymous_round_waits_for_its_page_alone(open_page: Open, group: Group) -> None:
    with write() as db:
        round_ = an_anonymous_round(db, group, at=now())
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    app = open_page("vote", as_=group.members[0])

    assert "Voting has closed" in app.info[0].value
    assert early(app) is None


def test_the_revealed_picture_comes_with_a_sentence_and_a_table(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        answer(db, round_, group.members, [(2, 3), (1, 3), (4, 4), (2, 3), (2, 4)], at=now())
        close_and_reveal(db, group.facilitator, round_, at=now())

    app = open_page("vote", as_=group.members[0])

    assert not app.exception
    assert "Talk about" in words(app)
    assert len(app.table) >= 2


def test_four_answers_show_no_distribution_anywhere(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        answer(db, round_, group.members[:4], [(2, 3), (1, 3), (4, 4), (2, 3)], at=now())
        close_and_reveal(db, group.facilitator, round_, at=now())

    app = open_page("vote", as_=group.members[0])

    assert "Fewer than 5" in words(app) + str([table.value for table in app.table])


def test_nothing_to_vote_on_says_what_comes(open_page: Open, group: Group) -> None:
    assert "Nothing to vote on" in open_page("vote", as_=group.members[0]).info[0].value


def test_a_facilitator_has_no_ballot(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote", as_=group.facilitator)

    assert "for members" in app.info[0].value
    assert ballot(app) is None


def test_a_stranger_gets_the_door_and_nothing_else(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote")

    assert "write the code of the room" in words(app)
    assert ballot(app) is None
    assert "Tools" not in words(app)
