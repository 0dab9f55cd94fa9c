"""The review: two doors, a walk that keeps its place, and what it ends on."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import notes
from mcm_core.store.engine import write
from tests.pages.conftest import Open
from tests.pages.test_journey import links, play, said
from tests.services.people import NOW
from tests.services.stories import Group, a_group, connections, run_round, six_sessions

HOSTILE = "<script>alert(1)</script> **bold** [x](http://y.example)"


@pytest.fixture
def group(sqlite: str) -> Group:
    """A cohort of six beside another one, where everybody is at Embedded."""
    with write() as db:
        other = a_group(db, username="olga", name="Other group")
        run_round(db, other.facilitator, other.cohort, other.members, 1, [(4, 4)] * 5)
        return a_group(db, 6)


def write_note(group: Group, body: str, audience: Audience, kind: Kind = Kind.IDEA, theme: str = "feelings") -> None:
    with write() as db:
        notes.add(
            db, group.members[0], group.cohort.id, session_number=1, theme=theme, instrument=connections(),
            kind=kind, audience=audience, attribution=Attribution.FIRST_NAME, body=body, at=NOW,
        )  # fmt: skip


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [found for found in app.button if found.label == label]
    return button.click().run()


def doors(app: AppTest) -> list[str]:
    return [found.label for found in app.button if found.label in ("My journey", "Our journey")]


def reports(app: AppTest) -> dict[str, str]:
    return {found.proto.label: found.proto.url for found in app.get("link_button")}


def test_a_stranger_has_no_door(open_page: Open, group: Group) -> None:
    for query in ({}, {"door": "ours", "step": "1"}, {"door": "mine"}):
        assert doors(open_page("review", **query)) == []


def test_a_member_has_two_doors_and_a_facilitator_one(open_page: Open, group: Group) -> None:
    assert doors(open_page("review", as_=group.members[0])) == ["My journey", "Our journey"]
    assert doors(open_page("review", as_=group.facilitator)) == ["Our journey"]


def test_a_facilitator_who_types_the_members_address_stands_before_the_door(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 3)] * 6)

    app = open_page("review", as_=group.facilitator, door="mine")

    assert doors(app) == ["Our journey"]
    assert "My journey" not in [title.value for title in app.title]


def test_my_journey_is_one_page_with_a_print_button(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 3)] * 6)

    app = press(open_page("review", as_=group.members[0]), "My journey")

    assert [title.value for title in app.title] == ["My journey"]
    assert said(app).count("Your first reading: Early stages.") == 6
    assert reports(app)["Print my journey"] == "/report/mine"


def test_both_doors_lead_somewhere_when_there_is_nothing_yet(open_page: Open, group: Group) -> None:
    mine = press(open_page("review", as_=group.members[0]), "My journey")
    ours = press(open_page("review", as_=group.members[0]), "Our journey")

    assert [info.value[:27] for info in mine.info] == ["You have no reading yet. It"]
    assert [info.value[:30] for info in ours.info] == ["There is nothing to look back "]
    assert doors(press(ours, "Back")) == ["My journey", "Our journey"]


def test_the_walk_goes_theme_by_theme_to_what_is_next_and_back(open_page: Open, group: Group) -> None:
    with write() as db:
        six_sessions(db, group)

    app = press(open_page("review", as_=group.facilitator), "Our journey")
    titles = [app.title[0].value]
    for _ in range(6):
        app = press(app, "Next")
        titles.append(app.title[0].value)

    assert titles == ["Feelings", "Space", "Tools", "Skills", "Relationship", "Safety", "Where this leaves us"]
    assert "Next" not in [button.label for button in app.button]
    assert press(app, "Back").title[0].value == "Safety"
    assert app.query_params["step"] == "6"


@pytest.mark.parametrize(
    ("step", "title"),
    [("3", "Tools"), ("99", "Where this leaves us"), ("-1", "Feelings"), ("²", "Feelings"), ("x", "Feelings")],
)
def test_a_refresh_keeps_the_place(open_page: Open, group: Group, step: str, title: str) -> None:
    play(group, 1, [(1, 2)] * 6)

    app = open_page("review", as_=group.facilitator, door="ours", step=step)

    assert app.title[0].value == title


def test_a_step_shows_first_and_last_then_the_shift_then_the_notes_then_a_question(
    open_page: Open, group: Group
) -> None:
    play(group, 1, [(1, 2)] * 6)
    play(group, 6, [(2, 3)] * 6)
    write_note(group, HOSTILE, Audience.COHORT)

    page = said(open_page("review", as_=group.members[0], door="ours", step="1"))

    assert ">Session 1<" in page
    assert ">Session 6<" in page
    assert "6 moved up, nobody stayed where they were and nobody moved down." in page
    assert "6 hope for more, nobody for the same and nobody for less." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** [x](http://y.example)" in page
    assert "Ada, session 1, idea or tip" in page
    assert "What helped Feelings along, and what would keep it going?" in page


def test_what_the_room_sees_holds_no_note_for_fewer_readers(open_page: Open, group: Group) -> None:
    """Whoever holds the laptop may read more than the room: their own notes, or those for facilitators."""
    play(group, 1, [(1, 2)] * 6)
    for kind in (Kind.IDEA, Kind.NUGGET):
        write_note(group, f"for me alone {kind}", Audience.ME, kind)
        write_note(group, f"for facilitators {kind}", Audience.FACILITATOR, kind)

    for who in (group.members[0], group.facilitator):
        for step in range(1, 8):
            page = said(open_page("review", as_=who, door="ours", step=str(step)))
            assert "for me alone" not in page
            assert "for facilitators" not in page


def test_what_the_room_sees_does_not_say_who_holds_the_laptop(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    with write() as db:
        notes.add(
            db, group.members[0], group.cohort.id, session_number=1, theme="feelings", instrument=connections(),
            kind=Kind.IDEA, audience=Audience.COHORT, attribution=Attribution.NONE, body="Without a name", at=NOW,
        )  # fmt: skip

    mine, other = (said(open_page("review", as_=who, door="ours", step="1")) for who in group.members[:2])

    assert "Without a name" in mine
    assert mine.replace("Ada", "Ben") == other.replace("Ada", "Ben")


def test_it_ends_on_what_we_learned_what_we_share_and_what_is_next(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    write_note(group, "Ring before you text", Audience.COHORT, Kind.PRACTICE)
    write_note(group, "Slow is smooth", Audience.NETWORK, Kind.NUGGET)
    write_note(group, "For everybody out there", Audience.NETWORK)

    app = open_page("review", as_=group.members[0], door="ours", step="7")
    page = said(app)

    assert [heading.value for heading in app.subheader] == [
        "What we learned",
        "What we share",
        "What is next",
        "To print",
    ]
    assert page.count("Slow is smooth") == page.count("For everybody out there") == 1
    assert reports(app) == {
        "Print for us": f"/report/ours/{group.cohort.id}",
        "Print to share": f"/report/ours/{group.cohort.id}?share",
        "The numbers as a table": f"/report/ours/{group.cohort.id}.csv",
    }
    assert links(app)["Write it down"] == "session=6"


def test_a_theme_that_stays_closed_is_said_and_still_talked_about(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 3), (2, 4), (3, 4), (4, 4), None, None])

    page = said(open_page("review", as_=group.members[5], door="ours", step="1"))

    assert "Fewer than 5 of us chose a level" in page
    assert "What would the next level of Feelings look like where we work?" in page
