"""What the screens say and offer in the three modes."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.mode import Mode
from mcm_core.services import bags, names, rounds
from mcm_core.store.engine import read, write
from tests.pages.cohort_desk import press, texts
from tests.pages.conftest import CLOCK, Open
from tests.services.stories import (
    Group,
    a_card,
    a_group,
    a_group_with_focus,
    an_anonymous_round,
    an_open_round,
    answer,
    close_and_reveal,
    drop,
)


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group_with_focus(db, 8)


def named_round(group: Group):  # type: ignore[no-untyped-def]
    with write() as db:
        card = a_card(themes=["tools"], mode=Mode.NAMED)
        return an_open_round(db, group.facilitator, group.cohort, card=card, at=CLOCK)


def anonymous_round(group: Group):  # type: ignore[no-untyped-def]
    with write() as db:
        return an_anonymous_round(db, group, at=CLOCK)


def fill(app: AppTest, *answers: int) -> AppTest:
    for place, level in enumerate(answers):
        app.radio[place].set_value(level)
    return app


def test_an_anonymous_ballot_says_so_first_and_is_sent_whole(open_page: Open, group: Group) -> None:
    round_ = anonymous_round(group)
    app = open_page("vote", as_=group.members[0])
    assert "Not linked to you. We can" in texts(app)
    assert "not even you" in texts(app)

    app = press(fill(app, 2, 3, 2), "Send")
    assert "Safety" in app.error[0].value
    app = press(fill(app, 2, 3, 2, 3), "Send")

    assert "Your answers are in" in app.success[0].value
    assert not app.radio
    with read() as db:
        assert bags.sent(db, group.members[0], round_.id)


def test_a_ballot_that_was_sent_on_another_phone_is_not_offered_again(open_page: Open, group: Group) -> None:
    round_ = anonymous_round(group)
    with write() as db:
        drop(db, round_, group.members[:1], [(2, 3)])

    assert not open_page("vote", as_=group.members[0]).radio


def test_whoever_has_sent_an_anonymous_ballot_reaches_today(open_page: Open, group: Group) -> None:
    """The ballot opens by itself only for those who have not answered."""
    round_ = anonymous_round(group)
    with write() as db:
        drop(db, round_, group.members[:1], [(2, 3)])

    assert "Tuesday 13 January" in texts(open_page("today", as_=group.members[0]))
    assert "Tuesday 13 January" not in texts(open_page("today", as_=group.members[1]))


def test_an_anonymous_picture_is_told_in_words_and_its_comments_wait(open_page: Open, group: Group) -> None:
    round_ = anonymous_round(group)
    with write() as db:
        for place, member in enumerate(group.members):
            drop(db, round_, [member], [(2, 3)], comment=f"words {place}")
        close_and_reveal(db, group.facilitator, round_, at=CLOCK)

    member, room = (open_page(page, as_=group.members[0]) for page in ("vote", "room"))
    for app in (member, room):
        assert not app.exception
        assert "We are leaning towards Forming." in texts(app)
        assert "words 0" not in texts(app)
    app = open_page("facilitate", as_=group.facilitator)
    assert "words 0" in texts(app)
    assert not any(box.value for box in app.checkbox)
    app.checkbox[0].check().run()
    app.checkbox[3].check().run()
    press(app, "Share 2 of 8 with everybody")
    assert sum(f"words {n}" in texts(open_page("vote", as_=group.members[0])) for n in range(8)) == 2


def test_no_comment_is_shared_or_deleted_before_a_facilitator_has_said_which(open_page: Open, group: Group) -> None:
    round_ = anonymous_round(group)
    with write() as db:
        drop(db, round_, group.members, [(2, 3)] * 8, comment="words")
        close_and_reveal(db, group.facilitator, round_, at=CLOCK)
    app = open_page("facilitate", as_=group.facilitator)
    assert not [one.label for one in app.button if one.label.startswith(("Share", "Delete"))]

    app = next(box for box in app.checkbox if box.label == "Share none of them").check().run()
    press(app, "Delete them all")

    with read() as db:
        assert bags.comments(db, group.facilitator, round_.id).bodies == ()


def test_an_anonymous_round_cannot_be_opened_again(open_page: Open, group: Group) -> None:
    round_ = anonymous_round(group)
    with write() as db:
        rounds.close(db, group.facilitator, round_.id, version=round_.version, at=CLOCK)

    app = open_page("facilitate", as_=group.facilitator)
    assert "Open it again" not in [button.label for button in app.button]
    assert "If at least 5 chose a level, a reveal shows the picture on every screen; otherwise it says" in texts(app)


def test_a_name_is_asked_for_and_shown_only_after_a_yes(open_page: Open, group: Group) -> None:
    round_ = named_round(group)
    app = open_page("vote", as_=group.members[0])
    assert "only if you say yes" in texts(app)
    assert "Your name does not show." in texts(app)
    app = press(app, "Yes, show my name")
    assert "Your name shows with your answers." in texts(app)
    with write() as db:
        assert names.consented(db, group.members[0], round_.id)
        answer(db, round_, group.members, [(2, 3)] * 8, at=CLOCK)
        close_and_reveal(db, group.facilitator, round_, at=CLOCK)

    app = open_page("vote", as_=group.members[1])
    tables = [list(table.value.iloc[:, 0]) for table in app.table if "Name" in table.value.columns]

    assert tables == [["Ada"]]
    assert "Name" not in str([list(table.value.columns) for table in open_page("room", as_=group.members[1]).table])


def test_the_launch_card_offers_three_modes_and_prepares_the_chosen_one(open_page: Open, group: Group) -> None:
    app = open_page("facilitate", as_=group.facilitator)
    assert app.radio(key="launch.mode").value is Mode.CONFIDENTIAL

    app.radio(key="launch.mode").set_value(Mode.ANONYMOUS)
    press(app, "Prepare this round")

    with read() as db:
        (drafted,) = rounds.drafts(db, group.facilitator, group.cohort.id)
    assert drafted.card.mode is Mode.ANONYMOUS


def test_the_launch_card_of_four_says_why_anonymous_is_missing(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 4)

    app = open_page("facilitate", as_=group.facilitator)

    assert "There are 4 of you; this could not be anonymous" in texts(app)
    assert len(app.radio(key="launch.mode").options) == 2
