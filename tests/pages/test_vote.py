"""Vote, on a phone: what a member sees and what is stored when they tap."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio

from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import readings, rounds
from mcm_core.store.engine import read, write
from tests.pages.conftest import CLOCK, Open
from tests.services.stories import Group, a_card, a_group, an_open_round, answer, choose_focus, close_and_reveal


def now() -> datetime:
    return CLOCK


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        group = a_group(db, 5)
        for member in group.members:
            choose_focus(db, member, a_card().instrument)
    return group


@pytest.fixture
def round_(group: Group) -> Round:
    with write() as db:
        return an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools", "safety"]), at=now())


def stored(member: Visitor, round_: Round) -> dict[str, tuple[int | None, int | None]]:
    with read() as db:
        return {t: (r.current, r.desired) for t, r in readings.mine(db, member, round_.id).items()}


def words(app: AppTest) -> str:
    """Everything the page says, tags and all."""
    parts = [*app.markdown, *app.info, *app.success, *app.error, *app.title, *app.subheader, *app.caption]
    html = [str(part.proto.body) for part in app.get("html") if "<style" not in part.proto.body]
    return "\n".join([str(part.value) for part in parts] + html)


def ballot(app: AppTest) -> list[Radio]:
    """The pickers of the themes, without those of the relationship."""
    return [radio for radio in app.radio if not str(radio.key).startswith("focus.")]


def test_a_tap_is_saved_at_once_and_unfolds_the_hope(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote", as_=group.members[0])
    assert len(ballot(app)) == 2

    ballot(app)[0].set_value(2).run()

    assert stored(group.members[0], round_) == {"tools": (2, None)}
    assert len(ballot(app)) == 3
    assert "Saved" in words(app)


def test_ten_taps_for_five_themes(open_page: Open, group: Group) -> None:
    five = ["feelings", "space", "tools", "skills", "relationship"]
    with write() as db:
        round_ = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=five), at=now())
    app = open_page("vote", as_=group.members[0])

    for theme in range(5):
        ballot(app)[2 * theme].set_value(2).run()
        ballot(app)[2 * theme + 1].set_value(3).run()

    assert stored(group.members[0], round_) == {theme: (2, 3) for theme in five}
    assert "Thank you. 1 of" in words(app)


def test_nothing_says_saved_before_an_answer(open_page: Open, group: Group, round_: Round) -> None:
    assert "Saved" not in words(open_page("vote", as_=group.members[0]))


@pytest.mark.parametrize("tampered", [999, 0, -9, 5])
def test_a_tampered_level_is_refused_and_nothing_is_stored(
    tampered: int, open_page: Open, group: Group, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mcm_core.ui import ballot

    monkeypatch.setattr(ballot, "_pick", lambda *_a: tampered)

    app = open_page("vote", as_=group.members[0])

    assert "does not exist here" in app.error[0].value
    assert stored(group.members[0], round_) == {}


def test_a_hope_below_now_is_saved_after_one_plain_question(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote", as_=group.members[0])
    ballot(app)[0].set_value(3).run()
    ballot(app)[1].set_value(1).run()
    assert stored(group.members[0], round_) == {"tools": (3, None)}

    next(button for button in app.button if button.label == "Yes, on purpose").click().run()

    assert stored(group.members[0], round_) == {"tools": (3, 1)}


def test_not_applying_asks_for_no_hope(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote", as_=group.members[0])

    ballot(app)[0].set_value(-2).run()

    assert stored(group.members[0], round_) == {"tools": (-2, None)}
    assert len(ballot(app)) == 2


def test_last_time_appears_only_after_the_answer(open_page: Open, group: Group) -> None:
    before = now() - timedelta(minutes=5)
    with write() as db:
        first = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=before)
        answer(db, first, group.members, [(1, 2)] * 5, at=before)
        close_and_reveal(db, group.facilitator, first, at=before)
        second = rounds.vote_again(db, group.facilitator, first.id, at=now())
    app = open_page("vote", as_=group.members[0])
    assert "Last time" not in words(app)

    ballot(app)[0].set_value(2).run()
    assert "Last time" not in words(app)
    ballot(app)[1].set_value(3).run()

    assert "Last time: Early stages → Forming" in words(app)
    assert stored(group.members[0], second) == {"tools": (2, 3)}


def test_another_device_changes_the_answer_and_this_one_shows_it(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote", as_=group.members[0])
    ballot(app)[0].set_value(2).run()
    with write() as db:
        answer(db, round_, group.members[:1], [{"tools": (4, None)}], at=now())

    app.run()

    assert stored(group.members[0], round_) == {"tools": (4, None)}
    assert ballot(app)[0].value == 4


def test_the_first_time_asks_for_the_relationship(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 1)
        an_open_round(db, group.facilitator, group.cohort, at=now())
    app = open_page("vote", as_=group.members[0])
    app.radio(key="focus.party").set_value("service users")
    app.radio(key="focus.shape").set_value("1-1")
    app.text_input(key="focus.label").set_value("outreach <b>calls</b>")

    next(button for button in app.button if button.label == "This is the one").click().run()

    assert len(ballot(app)) == 6
    assert "outreach &lt;b&gt;calls&lt;/b&gt;" in words(app)


def test_a_closed_round_says_so(open_page: Open, group: Group, round_: Round) -> None:
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    app = open_page("vote", as_=group.members[0])

    assert "Voting has closed" in app.info[0].value
    assert not ballot(app)


def test_a_tap_after_the_close_gets_a_sentence_and_stores_nothing(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote", as_=group.members[0])
    tap = ballot(app)[0].set_value(2)
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=now())

    tap.run()

    assert stored(group.members[0], round_) == {}
    assert "closed" in words(app)


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
    assert not ballot(app)


def test_a_stranger_gets_the_door_and_nothing_else(open_page: Open, group: Group, round_: Round) -> None:
    app = open_page("vote")

    assert "write the code of the room" in words(app)
    assert not ballot(app)
    assert "Tools" not in words(app)
