"""Several people facilitate: who presses, who is one of them, and what a guest sees."""

from __future__ import annotations

import re

import pytest

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import facilitators, guests, members, rounds, team, visitors
from mcm_core.store.engine import read, write
from mcm_core.ui.pieces import on_the_day
from mcm_core.web import cookie
from tests.pages.cohort_desk import cohorts_of, field, press, texts
from tests.pages.conftest import CLOCK, ROOT, Open
from tests.services.note_world import a_note
from tests.services.people import NOW, a_facilitator, signed_in
from tests.services.sheets import hold
from tests.services.stories import Group, a_card, a_group, close_and_reveal


@pytest.fixture
def group(sqlite: str) -> Group:
    """Fay's cohort with a round that waits, beside another one."""
    with write() as db:
        a_group(db, 1, username="olga", name="Other group")
        group = a_group(db, 2)
        rounds.draft(db, group.facilitator, group.cohort.session(1).id, a_card(), at=NOW)
        return group


@pytest.fixture
def tom(group: Group) -> Visitor:
    """Her co-facilitator."""
    with write() as db:
        tom = a_facilitator(db, "tom")
        facilitators.accept_as(db, tom, facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW), at=NOW)
        return tom


def team_of(group: Group, who: Visitor) -> dict[str, tuple[bool, bool]]:
    with read() as db:
        return {one.name: (one.owns, one.leads) for one in team.of_cohort(db, who, group.cohort.id)}


def buttons(app) -> set[str]:  # type: ignore[no-untyped-def]
    return {found.label for found in app.get("button")}


def test_alone_there_is_no_lead_to_speak_of(open_page: Open, group: Group) -> None:
    app = open_page("facilitate", as_=group.facilitator)

    assert "Open the vote" in buttons(app)
    assert "lead" not in texts(app)


def test_one_presses_at_a_time_and_the_other_takes_the_lead_with_one_tap(
    open_page: Open, group: Group, tom: Visitor
) -> None:
    app = open_page("facilitate", as_=tom)
    assert "Fay has the lead" in texts(app)
    assert "Open the vote" not in buttons(app)

    app = press(app, "Take the lead")

    assert "You have the lead." in texts(app)
    assert {"Open the vote", "Hand the lead to Fay"} <= buttons(app)
    assert team_of(group, tom) == {"Fay": (True, False), "Tom": (False, True)}


def test_the_lead_is_handed_over_with_one_tap(open_page: Open, group: Group, tom: Visitor) -> None:
    app = press(open_page("facilitate", as_=group.facilitator), "Hand the lead to Tom")

    assert "Tom has the lead" in texts(app)
    assert "Open the vote" not in buttons(app)


def test_the_owner_hands_the_cohort_over_and_leaves(open_page: Open, group: Group, tom: Visitor) -> None:
    app = press(open_page("cohort", as_=group.facilitator), "Hand this cohort over")
    assert team_of(group, tom)["Tom"] == (True, False)
    assert "Make a link for a co-facilitator" not in buttons(app)

    app = press(app, "Leave this cohort")

    assert app.title[0].value == "Your first cohort"
    assert set(team_of(group, tom)) == {"Tom"}


def test_a_removed_co_facilitator_has_nothing_left_on_the_screen(open_page: Open, group: Group, tom: Visitor) -> None:
    app = open_page("facilitate", as_=tom)
    with write() as db:
        team.remove(db, group.facilitator, group.cohort.id, tom.facilitator_id or "", at=NOW)

    app = field(app, "button", "Take the lead").click().run()

    assert cohorts_of(tom) == ()
    assert "Prepared" not in texts(app.run())


def test_the_owner_removes_a_co_facilitator(open_page: Open, group: Group, tom: Visitor) -> None:
    app = press(open_page("cohort", as_=group.facilitator), "Remove from this cohort")

    assert set(team_of(group, group.facilitator)) == {"Fay"}
    assert "Tom" not in texts(app)


def test_the_owner_makes_a_link_sees_that_it_is_open_and_cancels_it(open_page: Open, group: Group) -> None:
    app = press(open_page("cohort", as_=group.facilitator), "Make a link for a co-facilitator")
    (link,) = re.findall(r"/welcome/([\w-]{43})", texts(app))
    app = app.run()
    made, week = CLOCK, CLOCK + facilitators.INVITATION
    said = f"Made by Fay on {on_the_day(made)}, {made:%H:%M}. Good until {on_the_day(week)}, {week:%H:%M}."
    assert said in texts(app)
    assert link not in texts(app)

    app = press(app, "Cancel this invitation")

    assert "nobody has used" not in texts(app)
    with read() as db:
        assert not facilitators.is_open(db, link, at=CLOCK)


def test_links_that_nobody_used_go_with_a_co_facilitator_when_the_owner_says_so(
    open_page: Open, group: Group, tom: Visitor
) -> None:
    with write() as db:
        (hana,) = members.add(db, group.facilitator, group.cohort.id, "Hana", at=NOW)
        noted = members.link_token(db, tom, hana.id, at=NOW)
        guests.invite(db, tom, group.cohort.session(1).id, "Gus", at=NOW)
    app = open_page("cohort", as_=group.facilitator)
    assert "those of 1 member who has not joined and 1 guest who has not come." in texts(app)

    app = field(app, "checkbox", "Make these links worthless, too").check().run()
    app = press(app, "Remove from this cohort")

    with pytest.raises(NotAllowed), write() as db:
        members.join_by_link(db, noted, browser_token=None, at=NOW)
    assert "Gus" not in texts(app)


def test_a_co_facilitator_is_offered_no_change_of_the_team(open_page: Open, group: Group, tom: Visitor) -> None:
    offered = buttons(open_page("cohort", as_=tom))

    assert "Leave this cohort" in offered
    assert not {"Remove from this cohort", "Hand this cohort over", "Make a link for a co-facilitator"} & offered


def test_a_guest_is_invited_shown_once_and_taken_back(open_page: Open, group: Group) -> None:
    app = open_page("cohort", as_=group.facilitator)
    app.text_input(key="guest.name").set_value("Gus *bold*")
    app = press(app, "Make a link for a guest")
    (link,) = re.findall(r"/g/([\w-]{43})", texts(app))
    with write() as db:
        assert signed_in(db, guests.come_in(db, link, browser_token=None, at=NOW)).role is Role.GUEST
    assert link not in texts(app.run())

    (take_back,) = (found for found in app.get("button") if found.label.startswith("Take back"))
    app = take_back.click().run()

    with read() as db:
        assert guests.of_cohort(db, group.facilitator, group.cohort.id, at=NOW) == ()


@pytest.fixture
def guest_page(open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Opens any page as a guest of session 1 whose browser holds this token."""
    with write() as db:
        link = guests.invite(db, group.facilitator, group.cohort.session(1).id, "Gus", at=NOW)
        token = guests.come_in(db, link, browser_token=None, at=NOW)

    def open_(name: str = ""):  # type: ignore[no-untyped-def]
        app = open_page("today")
        monkeypatch.setattr(cookie, "read", lambda _cookies: token)
        app = app.run()
        return app.switch_page(str(ROOT / "pages" / f"{name}.py")).run() if name else app

    return open_, token


def test_a_guest_sees_one_screen_whatever_page_they_ask_for(group: Group, guest_page) -> None:  # type: ignore[no-untyped-def]
    open_, _ = guest_page
    with write() as db:
        (draft,) = rounds.drafts(db, group.facilitator, group.cohort.id)
        rounds.open_(db, group.facilitator, draft.id, version=draft.version, at=CLOCK)
        a_note(db, group.members[0], group.cohort, "For the network", session=1, audience="network")
        a_note(db, group.members[0], group.cohort, "For us", session=1)

    for name in ("", "cohort", "facilitate", "room", "journey", "notes", "review", "vote"):
        app = open_(name)
        said = texts(app)
        assert not app.exception
        assert app.title[0].value == "Session 1"
        assert "People are answering." in said
        assert "For the network" in said
        assert not [word for word in ("For us", "Ada", "Ben", group.cohort.name) if word in said]
        assert not app.get("page_link")


def test_a_guest_reads_when_the_session_is_over(group: Group, guest_page) -> None:  # type: ignore[no-untyped-def]
    open_, _ = guest_page
    coming = "What the group is asked appears here by itself."
    assert coming in texts(open_())
    with write() as db:
        hold(db, group)

    said = texts(open_())

    assert "This session is over." in said
    assert coming not in said


def test_a_guest_is_gone_once_revoked(group: Group, guest_page) -> None:  # type: ignore[no-untyped-def]
    open_, token = guest_page
    app = open_()
    with write() as db:
        (guest,) = guests.of_cohort(db, group.facilitator, group.cohort.id, at=NOW)
        guests.revoke(db, group.facilitator, guest.id)

    app = app.run()

    assert "Session 1" not in [title.value for title in app.title]
    with read() as db:
        assert visitors.recognise(db, token, at=CLOCK) is None


def test_the_cohort_page_of_a_stranger_shows_no_team(open_page: Open, group: Group) -> None:
    with write() as db:
        stranger = a_facilitator(db, "gil")

    app = open_page("cohort", as_=stranger, cohort=group.cohort.id)

    assert app.title[0].value == "Your first cohort"
    assert "Fay" not in texts(app)


def test_a_guest_reads_that_the_vote_is_over_whether_or_not_there_was_a_picture(group: Group, guest_page) -> None:  # type: ignore[no-untyped-def]
    open_, _ = guest_page
    with write() as db:
        (draft,) = rounds.drafts(db, group.facilitator, group.cohort.id)
        opened = rounds.open_(db, group.facilitator, draft.id, version=draft.version, at=CLOCK)
        close_and_reveal(db, group.facilitator, opened, at=CLOCK)

    said = texts(open_())

    assert "The vote is over. Talk about it with the group." in said
    assert "seen the picture" not in said
