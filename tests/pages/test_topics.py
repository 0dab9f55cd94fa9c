"""The page of topics: writing, giving dots by tapping, the reveal, and what only some may do there."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, dots, topic_plan, topics
from mcm_core.store.engine import read, write
from mcm_core.ui.pieces import plain
from tests.pages.conftest import CLOCK, Open
from tests.pages.note_page import field, html, press
from tests.services.boards import a_board, give, revealed
from tests.services.stories import Group, a_group


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 6)


@pytest.fixture
def board(group: Group) -> tuple[str, ...]:
    with write() as db:
        return a_board(db, group)


def asked(group: Group) -> dots.DotVote:
    with write() as db:
        return dots.open_(db, group.facilitator, group.cohort.id, at=CLOCK)


def tap(app: AppTest, key: str) -> AppTest:
    """Press the button whose key begins like this."""
    (found,) = [one for one in app.button if str(one.key).startswith(key)]
    app = found.click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def texts(group: Group, who: Visitor | None = None) -> list[str]:
    with read() as db:
        return [one.text for one in topics.board(db, who or group.facilitator, group.cohort.id)]


def given(group: Group, who: Visitor, vote: dots.DotVote) -> dict[str, int]:
    with read() as db:
        return dict(dots.mine(db, who, vote.id))


def test_a_topic_is_put_on_the_board_without_a_name_unless_asked(open_page: Open, group: Group) -> None:
    app = open_page("topics", as_=group.members[0])
    field(app, "text_area", "What would you like help with?").input("How do we <b>say no</b>?")
    app = press(app, "Put it on the board")

    assert texts(group) == ["How do we <b>say no</b>?"]
    assert "How do we &lt;b&gt;say no&lt;/b&gt;?" in html(app)
    assert "Question · from the group" in html(app)
    assert field(app, "text_area", "What would you like help with?").value == ""

    field(app, "text_area", "What would you like help with?").input("Mine")
    app.toggle[0].set_value(True)
    app = press(app, "Put it on the board")
    assert "Question · Ada" in html(app)


def test_what_is_refused_stays_in_the_box(open_page: Open, group: Group) -> None:
    app = open_page("topics", as_=group.members[0])
    field(app, "text_area", "What would you like help with?").input("x" * 201)
    app = press(app, "Put it on the board")

    assert "1 characters too long" in app.error[0].value
    assert field(app, "text_area", "What would you like help with?").value == "x" * 201
    assert texts(group) == []


def test_dots_are_given_and_taken_back_by_tapping(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    one, two, *_ = board
    vote, ben = asked(group), group.members[1]
    app = open_page("topics", as_=ben)
    assert "nobody else sees where your dots are" in html(app)

    app = tap(tap(tap(app, f"dots.{one}.0.3.more"), f"dots.{one}.1.2.more"), f"dots.{two}.0.1.more")
    assert given(group, ben, vote) == {one: 2, two: 1}
    assert "All your dots are given" in html(app)
    assert "Give a dot" not in labels(app), "there is none left to give"

    app = tap(app, f"dots.{one}.2.0.less")
    assert given(group, ben, vote) == {one: 1, two: 1}
    assert labels(app).count("Give a dot") == 4


def test_nobody_but_their_giver_finds_a_dot_on_a_page(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    vote = asked(group)
    pages = []
    for placed in ([{board[0]: 2, board[1]: 1}] * 5, [{board[2]: 1}] * 5):
        with write() as db:
            for who in group.members:
                for topic in board:
                    dots.place(db, who, vote.id, topic, 0, at=CLOCK)
            give(db, vote, group.members[:5], placed, at=CLOCK)
        pages.append([html(open_page("topics", as_=who)) for who in (group.facilitator, group.members[5])])

    assert pages[0] == pages[1]
    assert "5 of 6 here are in" in pages[0][0]
    assert " in</p>" not in pages[0][1].split("On the board")[0] or "5 of 6" not in pages[0][1]


def test_a_facilitator_asks_and_reveals_and_everybody_sees_the_picture(
    open_page: Open, group: Group, board: tuple[str, ...]
) -> None:
    app = press(open_page("topics", as_=group.facilitator), "Ask everybody for dots")
    with write() as db:
        (vote,) = dots.votes(db, group.facilitator, group.cohort.id)
        give(db, vote, group.members, [{board[1]: 2, board[0]: 1}] * 6, at=CLOCK)
    app = press(app.run(), "Reveal them now")

    for who in (group.facilitator, group.members[0]):
        app = open_page("topics", as_=who)
        assert plain("Most dots: “Waiting lists”.") in [one.value for one in app.header]
        assert app.get("plotly_chart")
    assert "Ask everybody for dots" not in labels(app), "a member does not ask"


def test_below_five_the_page_says_to_talk_instead(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    with write() as db:
        revealed(db, group, [{board[0]: 2}] * 4, at=CLOCK)

    app = open_page("topics", as_=group.members[0])

    assert "Talk it through instead" in app.info[0].value
    assert not app.get("plotly_chart")


def test_an_author_has_the_tools_for_their_own_alone(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    app = open_page("topics", as_=group.members[0])
    assert labels(app).count("Take it away for good") == 1
    assert "Merge the two" not in labels(app)

    app = press(app, "Take it away for good")
    assert len(texts(group)) == 3
    assert "Take it away for good" not in labels(app)
    assert "Take it away for good" not in labels(open_page("topics", as_=group.facilitator))


def test_two_become_one_and_are_parted_again(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    app = open_page("topics", as_=group.facilitator)
    field(app, "selectbox", "Topic").set_value(board[1]).run()
    field(app, "selectbox", "Merge it into").set_value(board[0]).run()
    assert len(texts(group)) == 4, "choosing is not merging"
    app = press(app, "Merge the two")
    assert len(texts(group)) == 3
    assert "with: Waiting lists" in html(app)

    field(app, "selectbox", "Topic").set_value(board[0]).run()
    app = tap(app, "arrange.part.")
    assert len(texts(group)) == 4


def test_none_is_chosen_for_merging_before_a_facilitator_does_nor_once_two_are_merged(
    open_page: Open, group: Group, board: tuple[str, ...]
) -> None:
    def chosen(app: AppTest) -> list[str | None]:
        return [one.value for one in app.selectbox if one.label in {"Topic", "Merge it into"}]

    app = open_page("topics", as_=group.facilitator)
    assert chosen(app) == [None]
    assert "Merge the two" not in labels(app)
    field(app, "selectbox", "Topic").set_value(board[1]).run()
    assert chosen(app) == [board[1], None]
    assert "Merge the two" not in labels(app)
    field(app, "selectbox", "Merge it into").set_value(board[0]).run()

    app = press(app, "Merge the two")
    assert "“Waiting lists” now stands with “How do we say no kindly?”" in app.success[0].value
    assert chosen(app) == [None]
    assert "Merge the two" not in labels(app)


def test_topics_that_begin_alike_can_both_be_chosen(open_page: Open, group: Group) -> None:
    begins = "How do we say no to one more meeting without letting anybody down"
    with write() as db:
        for end in ("on Mondays?", "in spring?"):
            topics.propose(
                db, group.facilitator, group.cohort.id, kind="question", text=f"{begins} {end}", named=False, at=CLOCK
            )

    options = field(open_page("topics", as_=group.facilitator), "selectbox", "Topic").options

    assert len(set(options)) == 2
    assert [one for one in options if one.endswith(f"{begins} in spring?")]


def test_an_author_suggests_and_the_other_agrees(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    app = open_page("topics", as_=group.members[0])
    field(app, "selectbox", "It belongs with").set_value(board[1]).run()
    app = press(app, "Suggest to merge the two")
    assert "Its author would merge it with: Waiting lists" in html(app)
    assert len(texts(group)) == 4

    app = open_page("topics", as_=group.members[1])
    field(app, "selectbox", "It belongs with").set_value(board[0]).run()
    press(app, "Suggest to merge the two")
    assert len(texts(group)) == 3


def test_the_other_author_agrees_to_a_suggestion_with_one_button_beside_it(
    open_page: Open, group: Group, board: tuple[str, ...]
) -> None:
    ada, ben, *others = group.members
    with write() as db:
        topics.merge(db, ada, board[0], board[1])
    assert "Merge the two" not in labels(open_page("topics", as_=ada)), "it is theirs to agree"
    assert "Merge the two" not in labels(open_page("topics", as_=others[-1]))

    press(open_page("topics", as_=ben), "Merge the two")

    assert len(texts(group)) == 3
    with read() as db:
        merged = [one for one in topics.board(db, ben, group.cohort.id) if one.parts]
    assert len(merged) == 1


def test_the_page_follows_the_board(open_page: Open, group: Group) -> None:
    app = open_page("topics", as_=group.members[0])

    listeners = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "mcm_listener"]
    followed = [json.loads(one.json)["address"] for one in listeners]
    assert any(f"topics%3A{group.cohort.id}" in address for address in followed)


def test_today_leads_there(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    links = [one.proto for one in open_page("today", as_=group.members[0]).get("page_link")]
    assert [one.label for one in links if one.page == "topics"] == ["What we would like to talk about"]

    asked(group)
    links = [one.proto for one in open_page("today", as_=group.members[0]).get("page_link")]
    asks = ["Give your dots to the topics", "What we would like to talk about"]
    assert [one.label for one in links if one.page == "topics"] == asks


def test_a_facilitator_plans_in_two_taps_and_members_see_it(
    open_page: Open, group: Group, board: tuple[str, ...]
) -> None:
    app = open_page("topics", as_=group.facilitator, part="plan")
    field(app, "selectbox", "Topic to plan").set_value(board[1]).run()
    field(app, "button_group", "For").set_value(2).run()
    app = press(app, "Plan it")
    app = press(app, "Change places with the next")

    seen = open_page("topics", as_=group.members[0], part="plan")
    assert "Waiting lists" in html(seen).split("session 3")[0]
    assert "Plan it" not in labels(seen)
    with read() as db:
        assert [one.planned_for for one in topics.board(db, group.facilitator, group.cohort.id)] == [
            None,
            3,
            None,
            None,
        ]


def test_who_is_left_out_is_counted_once_and_shown_to_all(
    open_page: Open, group: Group, board: tuple[str, ...]
) -> None:
    with write() as db:
        revealed(db, group, [{board[0]: 2}] * 3 + [{board[1]: 2}] * 3, at=CLOCK)
        topic_plan.schedule(db, group.facilitator, board[0], 2, was=None, at=CLOCK)

    app = press(open_page("topics", as_=group.facilitator, part="plan"), "Count it now")

    assert "3 of us have no dot on anything that is planned" in html(app)
    assert "Count it now" not in labels(app)
    assert "3 of us have no dot" in html(open_page("topics", as_=group.members[0], part="plan"))


def test_today_says_what_the_next_session_is_about(open_page: Open, group: Group, board: tuple[str, ...]) -> None:
    with write() as db:
        topic_plan.schedule(db, group.facilitator, board[0], 2, was=None, at=CLOCK)
        cohorts.move_session(
            db, group.facilitator, group.cohort.session(2).id, CLOCK.replace(tzinfo=None), 60, at=CLOCK
        )

    assert "It is about: How do we say no kindly?" in html(open_page("today", as_=group.members[0]))


def test_offers_and_needs_are_tapped_named_and_a_gap_suggests_a_contributor(
    open_page: Open, group: Group, board: tuple[str, ...]
) -> None:
    for who in group.members[:2]:
        app = tap(open_page("topics", as_=who, part="offers"), f"offer.{board[1]}.need")

    assert "Would like: Ada, Ben" in html(app) or "Would like: Ben, Ada" in html(app), "both at the same moment"
    assert "shows with your name to everybody" in html(app)
    assert "Consider an external contributor." in html(app)
    assert "cohort" not in [one.proto.page for one in app.get("page_link")], "a member invites nobody"
    lead = open_page("topics", as_=group.facilitator, part="offers")
    assert "cohort" in [one.proto.page for one in lead.get("page_link") if "Invite a guest" in one.proto.label]
    assert lead.get("plotly_chart")

    lead = tap(lead, f"offer.{board[1]}.offer.0")
    assert "Can offer: from the group" in html(lead)
    assert "Consider an external contributor." not in html(lead)
    app = tap(open_page("topics", as_=group.members[1], part="offers"), f"offer.{board[1]}.need.back")
    assert "Would like: Ada<" in html(app)
