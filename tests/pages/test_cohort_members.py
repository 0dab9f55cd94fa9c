"""The members on the cohort page: adding them, their links, and what can be done about one of them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.cohort import Cohort, Member
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, instruments, members, notes
from mcm_core.store.engine import read, write
from tests.pages.cohort_desk import add, field, press, roster, rows, texts
from tests.pages.conftest import Open
from tests.services.note_world import a_note
from tests.services.people import NOW, a_cohort, a_facilitator, a_member, the_code

HOSTILE = ["<b>Bo</b>", "*Cy* [x](http://y.example)", ":red[Di] $x$ `z`", "1\\. Eve_Ann #1", "&lt;Flo&gt; & Co"]


@pytest.fixture
def fay(sqlite: str) -> Visitor:
    """A facilitator without a cohort, in a database where somebody else has one."""
    with write() as db:
        stranger = a_facilitator(db, "noise")
        a_member(db, stranger, a_cohort(db, stranger, "Not yours"), "Nobody Known")
        return a_facilitator(db, "fay")


@pytest.fixture
def ours(fay: Visitor) -> Cohort:
    with write() as db:
        return a_cohort(db, fay, "Ours")


def test_a_list_of_members_is_pasted(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    app = open_page("cohort", as_=fay)
    app = app.text_area[0].input("1. Zoë van Dyk\n2. Ada Okafor, Bo Lindqvist").run()
    assert "3 of 20 with this list" in texts(app)

    app = press(app, "Add these members")

    assert [member.name for member in roster(fay, ours)] == ["Ada Okafor", "Bo Lindqvist", "Zoë van Dyk"]
    assert rows(app) == [("Ada Okafor", "Invited"), ("Bo Lindqvist", "Invited"), ("Zoë van Dyk", "Invited")]
    assert "Names to add, one on each line" not in [box.label for box in app.text_area]


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("New One\nNew Two", "There is room for 1 more and you added 2; nobody was added"),
        ("person 3", "“person 3” is already a member"),
        ("Same\nsame", "“same” is in your list twice"),
        ("x" * 81, "is too long for a name"),
        (" \n;", "The list is empty"),
    ],
)
def test_a_refused_list_stays_in_the_box(open_page: Open, fay: Visitor, ours: Cohort, pasted: str, says: str) -> None:
    before = add(fay, ours, *(f"Person {number}" for number in range(19)))
    app = press(open_page("cohort", as_=fay), "Add members")
    app.text_area[0].input(pasted)

    app = press(app, "Add these members")

    assert says in app.error[0].value.replace("\\", "").replace("\u2060", "")
    assert {member.name for member in roster(fay, ours)} == {member.name for member in before}
    assert app.text_area[0].value == pasted


def test_a_full_cohort_offers_no_more_places(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    add(fay, ours, *(f"Person {number}" for number in range(20)))

    app = open_page("cohort", as_=fay)

    assert "20 of 20 members, 0 joined" in texts(app)
    assert "Add members" not in [button.label for button in app.button]


def test_names_are_shown_as_they_were_typed(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    people = add(fay, ours, *"ABCDE")
    with write() as db:
        for member, name in zip(people, HOSTILE, strict=True):
            members.rename(db, fay, member.id, name)
        cohorts.rename(db, fay, ours.id, HOSTILE[1])

    app = open_page("cohort", as_=fay)

    assert sorted(name for name, _state in rows(app)) == sorted(HOSTILE)
    assert not any(mark in app.title[0].value.replace(f"\\{mark}", "") for mark in "<>*[]`$_")
    assert sorted(field(app, "selectbox", "Choose a member").options) == sorted(HOSTILE)


def test_a_link_is_drawn_only_when_it_is_asked_for(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    ada, _bo = add(fay, ours, "Ada", "Bo")
    with write() as db:
        links = members.link_tokens(db, fay, ours.id, at=NOW)
    app = field(open_page("cohort", as_=fay), "selectbox", "Choose a member").set_value(ada.id).run()
    assert "/j/" not in texts(app)

    app = app.toggle[0].set_value(True).run()

    assert f"/j/{links.pop(ada.id)}" in texts(app)
    assert not any(other in texts(app) for other in links.values())


def card_of(app: AppTest, member: Member) -> AppTest:
    """The page with this member chosen."""
    return field(app, "selectbox", "Choose a member").set_value(member.id).run()


def test_removing_says_what_goes_and_what_stays(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    ada, bo = add(fay, ours, "Ada", "Bo")

    app = card_of(open_page("cohort", as_=fay), ada)

    assert "Ada leaves this cohort. Their link, phones and answers and whatever they wrote for themselves" in texts(app)
    assert "Pictures that were already shown stay" in texts(app)
    assert len(roster(fay, ours)) == 2
    app = press(app, "Remove member, delete their answers")
    assert [member.id for member in roster(fay, ours)] == [bo.id]
    assert "leaves this cohort" not in texts(app)


@pytest.mark.parametrize(("chosen", "left"), [(None, ["What helped us"]), ("Delete them", [])])
def test_whoever_leaves_is_asked_whether_their_words_stay(
    chosen: str | None, left: list[str], open_page: Open, fay: Visitor, ours: Cohort
) -> None:
    """Without another word they stay, and name nobody."""
    with write() as db:
        instruments.register(db)
        ada = a_member(db, fay, ours, "Ada")
        for audience in ("cohort", "facilitator"):
            a_note(db, ada, ours, "What helped us", audience=audience)

    app = card_of(open_page("cohort", as_=fay), roster(fay, ours)[0])
    if chosen:
        field(app, "radio", "Notes and topics that others can read (ask them)").set_value(chosen)
    press(app, "Remove member, delete their answers")

    with read() as db:
        assert [(note.body, note.by) for note in notes.wall(db, fay, ours.id)] == [(body, "") for body in left]
    assert not roster(fay, ours)


def test_a_new_link_makes_the_old_one_worthless(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    (ada,) = add(fay, ours, "Ada")
    with write() as db:
        before = members.link_token(db, fay, ada.id, at=NOW)

    press(card_of(open_page("cohort", as_=fay), ada), "Make a new link")

    with write() as db:
        assert members.link_token(db, fay, ada.id, at=NOW) != before


def test_a_member_gets_another_name_but_not_somebody_elses(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    ada, _bo = add(fay, ours, "Ada", "Bo")
    app = card_of(open_page("cohort", as_=fay), ada)
    field(app, "text_input", "Name").input("bo")
    app = press(app, "Keep this name")
    assert "“bo” is already a member" in app.error[0].value
    assert field(app, "text_input", "Name").value == "bo"

    field(app, "text_input", "Name").input("Ada Okafor")
    press(app, "Keep this name")

    assert [member.name for member in roster(fay, ours)] == ["Ada Okafor", "Bo"]


def test_the_phones_of_a_member_are_removed(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    with write() as db:
        a_member(db, fay, ours, "Ada")
    (ada,) = roster(fay, ours)
    app = open_page("cohort", as_=fay)
    assert rows(app) == [("Ada", "Joined")]

    app = press(card_of(app, ada), "Sign their phones out")

    assert roster(fay, ours)[0].devices == 0
    assert rows(app) == [("Ada", "Joined, no phone signed in")]


def test_somebody_at_the_door_is_let_in(open_page: Open, fay: Visitor, ours: Cohort) -> None:
    (ada,) = add(fay, ours, "Ada")
    with write() as db:
        members.knock(db, the_code(db, fay, ours), "Ada", network="n", at=NOW)

    press(open_page("cohort", as_=fay), "Let in")

    assert roster(fay, ours)[0].devices == 1
    assert roster(fay, ours)[0].id == ada.id
