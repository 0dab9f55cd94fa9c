"""The journey page: my part, our part, and what is on neither."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import instruments, notes
from mcm_core.store.engine import engine, write
from tests.pages.conftest import Open
from tests.services.people import NOW
from tests.services.stories import Group, a_card, a_group, choose_focus, connections, during, run_round, six_sessions


@pytest.fixture
def group(sqlite: str) -> Group:
    """A cohort of six beside another one, where everybody is at Embedded."""
    with write() as db:
        other = a_group(db, username="olga", name="Other group")
        run_round(db, other.facilitator, other.cohort, other.members, 1, [(4, 4)] * 5)
        return a_group(db, 6)


def play(group: Group, number: int, ballots: list, **options) -> None:
    with write() as db:
        run_round(db, group.facilitator, group.cohort, group.members, number, ballots, **options)


def write_note(group: Group, number: int, audience: Audience = Audience.COHORT, body: str = "A note") -> None:
    with write() as db:
        notes.add(
            db, group.members[0], group.cohort.id, session_number=number, theme="tools", instrument=connections(),
            kind=Kind.IDEA, audience=audience, attribution=Attribution.NONE, body=body, at=NOW,
        )  # fmt: skip


def said(app: AppTest) -> str:
    """Every word on the page, tables included."""
    assert not app.exception
    parts = [found.proto.body for found in app.get("html")]
    for kind in ("title", "header", "subheader", "info", "caption", "markdown"):
        parts += [found.value for found in app.get(kind)]
    parts += [found.label for found in app.get("expander")]
    parts += [table.value.to_string() for table in app.table]
    return bare("\n".join(parts))


def bare(label: str) -> str:
    """Words without what disarms them as Markdown."""
    return label.replace("\\", "").replace("\u2060", "").replace("\u2060", "")


def links(app: AppTest) -> dict[str, str]:
    """The links to other pages: label → query."""
    return {
        found.proto.label.replace("\\", "").replace("\u2060", "").replace("\u2060", ""): found.proto.query_string
        for found in app.get("page_link")
    }


def tab(app: AppTest, label: str) -> AppTest:
    """Open one of the two parts."""
    app.session_state["journey.part"] = label
    return app.run()


def test_a_stranger_sees_the_sign_in_and_no_journey(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)

    app = open_page("journey")

    assert "Journey" not in [title.value for title in app.title]
    assert "Forming" not in said(app)


def test_a_member_without_readings_is_told_what_comes_next(open_page: Open, group: Group) -> None:
    app = open_page("journey", as_=group.members[0])

    assert [info.value for info in app.info] == [
        "You have no reading yet. It appears here when you have voted in a session. Only you will see it."
    ]
    assert "See when we meet next" in links(app)


def test_before_the_first_picture_ours_says_what_to_do(open_page: Open, group: Group) -> None:
    member = tab(open_page("journey", as_=group.members[0]), "Ours")
    facilitator = open_page("journey", as_=group.facilitator)

    for app in (member, facilitator):
        assert next(info.value for info in app.info).startswith("There is no picture of ours yet.")
    assert "Prepare a round" in links(facilitator)


def test_one_reading_is_shown_as_the_first(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 3)] + [None] * 5)

    page = said(open_page("journey", as_=group.members[0]))

    assert page.count("Your first reading: Early stages.") == 6
    assert "1 of 6 sessions have a reading of yours" in page


def test_mine_is_a_sentence_and_a_table_a_theme_with_gaps(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 3)] * 6)
    play(group, 2, [None] + [(4, 4)] * 5)
    play(group, 3, [(2, 4)] + [(4, 4)] * 5)

    app = open_page("journey", as_=group.members[0])

    assert "You moved up one; so did your hope." in said(app)
    assert [header.value for header in app.header if header.value in ("Safety", "Tools")] == ["Safety", "Tools"]
    (tools,) = [t.value for t in app.table if "Session" in t.value.columns][:1]
    assert list(tools["Now"])[:3] == ["Early stages", "–", "Forming"]


def test_a_changed_relationship_is_seen_and_said(open_page: Open, group: Group) -> None:
    play(group, 1, [(3, 4)] * 6)
    with write() as db:
        choose_focus(db, group.members[0], connections(), "the <b>food</b> bank")
    play(group, 2, [(1, 4)] * 6)

    page = said(open_page("journey", as_=group.members[0]))

    assert "In session 2 a new line starts: from there on your readings are about" in page
    assert "“the &lt;b&gt;food&lt;/b&gt; bank”" in page
    assert "“outreach calls”. The two are not compared." in page


def test_a_facilitator_sees_ours_alone(open_page: Open, group: Group) -> None:
    """Nothing leads a facilitator to one person's reading: below the threshold no level is on the page at all."""
    play(group, 1, [(1, 3), (2, 4), (3, 4), (4, 4), None, None])

    app = open_page("journey", as_=group.facilitator, theme="tools", part="mine")
    page = said(app)

    assert not app.tabs
    assert "Only you see this" not in page
    assert "closed" in page
    for number, level in enumerate(("Early stages", "Forming", "Maturing", "Embedded"), start=1):
        assert f"{number} {level}" not in page


def test_ours_says_who_moved_and_whose_hopes_moved(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2), (1, 3), (2, 3), (2, 3), (2, 4), (4, 4)])
    play(group, 6, [(2, 2), (3, 4), (3, 4), (2, 3), (3, 4), (4, 4)])

    page = said(open_page("journey", as_=group.facilitator))

    both = "Of the 6 who chose a level in both session 1 and session 6"
    assert f"{both}, 4 moved up, 2 stayed where they were (1 of them at the top already) and nobody moved down." in page
    assert f"{both}, 2 hope for more, 4 for the same and nobody for less." in page
    assert "**Tools**  ·  Forming, then Maturing" in page


def test_a_note_leads_to_its_theme_and_the_theme_back_to_the_notes(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    for number in (1, 1, 3):
        write_note(group, number, body=f"A note of session {number} {len(str(NOW))}")
    write_note(group, 1, body="Another")

    app = open_page("journey", as_=group.members[1], theme="tools")

    assert next(fold.label.split("  ")[0] for fold in app.expander if "**" in fold.label) == "**Tools**"
    assert links(app)["2 notes from session 1 about Tools"] == "session=1&theme=tools"
    assert links(app)["1 note from session 3 about Tools"] == "session=3&theme=tools"


def test_mine_shows_what_i_wrote_for_whomever_and_nobody_elses_notes(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    write_note(group, 1, Audience.ME, body="for me alone")
    write_note(group, 1, Audience.COHORT, body="for us")

    pages = [said(open_page("journey", as_=who)) for who in group.members[:2]]

    assert "for me alone" in pages[0]
    assert "for us" in pages[0]
    assert "you, session 1, idea or tip" in pages[0]
    assert "for us" not in pages[1]


def test_links_count_only_notes_that_the_visitor_may_read(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    write_note(group, 1, Audience.ME)
    write_note(group, 2, Audience.FACILITATOR)

    seen = {who: links(open_page("journey", as_=who, theme="tools")) for who in (group.members[1], group.facilitator)}

    assert "Write the first note about Tools" in seen[group.members[1]]
    assert [label for label in seen[group.facilitator] if "note" in label] == ["1 note from session 2 about Tools"]


def test_a_made_up_theme_opens_the_first_one(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)

    app = open_page("journey", as_=group.facilitator, theme="<weather>")

    assert next(fold.label.split("  ")[0] for fold in app.expander if "**" in fold.label) == "**Safety**"


def test_levels_without_an_order_have_no_shift(open_page: Open, group: Group) -> None:
    card = a_card(instruments.offered()["participation"])
    for number in (1, 2):
        play(group, number, [(number, None), (2, None), (3, None), (4, None), (1, None), (2, None)], card=card)

    pages = [said(open_page("journey", as_=group.facilitator)), said(open_page("journey", as_=group.members[0]))]

    assert "No level is better than another." in pages[0]
    for page in pages:
        assert "moved" not in page
        assert "middle" not in page


def test_the_page_costs_the_same_number_of_queries_at_any_size(open_page: Open, sqlite: str) -> None:
    with write() as db:
        small, large = a_group(db, 5), a_group(db, 12, username="olga", name="Large group")
        run_round(db, small.facilitator, small.cohort, small.members, 1, [(1, 2)] * 5)
        six_sessions(db, large)
    sent: list[str] = []
    event.listen(engine(sqlite), "before_cursor_execute", lambda *heard: sent.append(heard[2]))

    costs = []
    for group in (small, small, large):
        for who in (group.members[0], group.facilitator):
            app = open_page("journey", as_=who)
            del sent[:]
            app.run()
            costs.append(sum(one.startswith("SELECT") for one in sent))

    assert costs[2:4] == costs[4:6]


def look_back(group: Group, levels: list[int]) -> None:
    back = a_card(instruments.offered()["meaningful_connections_then"], ["tools"])
    with write() as db:
        run_round(
            db, group.facilitator, group.cohort, group.members, 6, [(level, None) for level in levels], card=back,
            at=during(group.cohort, 6) + timedelta(minutes=30),
        )  # fmt: skip


def test_the_start_seen_from_today_stands_beside_the_start_and_now(open_page: Open, group: Group) -> None:
    play(group, 1, [(3, 4)] * 6)
    play(group, 6, [(4, 4)] * 6)
    look_back(group, [1, 2, 2, 2, 2, 2])

    own = said(open_page("journey", as_=group.members[0]))
    ours = said(open_page("journey", as_=group.facilitator, theme="tools"))

    assert "You moved up one" in own
    assert "Then: Maturing. Seen from today: Early stages. Seeing the start otherwise" in own
    assert "Then: Maturing. Seen from today: Forming. Seeing the start otherwise" in ours
    assert "6 moved up" in ours
    assert "looking back" not in ours.partition("Tools")[0]


FIRST = "Who moved is shown here once we have voted on this theme in a second session."
ONLY = "We voted on this theme in one session only, so nothing can be said here of who moved."


def test_two_votes_of_too_few_are_not_told_to_wait_for_a_second(open_page: Open, group: Group) -> None:
    play(group, 1, [(1, 2)] * 4 + [None] * 2)
    once = said(open_page("journey", as_=group.facilitator))
    play(group, 2, [(1, 2)] * 4 + [None] * 2)
    twice = said(open_page("journey", as_=group.facilitator))

    assert FIRST in once
    assert FIRST not in twice
    assert "Who moved stays closed. It is shown when enough of us chose a level both times." in twice


def test_what_was_asked_in_the_last_session_alone_waits_for_no_second_one(
    open_page: Open, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(group, 1, [(1, 2)] * 6, card=a_card(themes=["tools"]))
    assert FIRST in said(open_page("journey", as_=group.facilitator)), "it may yet be asked"
    play(group, 6, [(1, 2)] * 6, card=a_card(themes=["tools"]))
    play(group, 6, [(4, None)] * 6, card=a_card(instruments.offered()["next_steps"]))

    monkeypatch.setattr("tests.pages.conftest.CLOCK", group.cohort.session(6).ends_at)

    for page, query in (("journey", {}), ("review", {"door": "ours", "step": "2"})):
        page = said(open_page(page, as_=group.facilitator, **query))
        assert ONLY in page
        assert FIRST not in page


def test_a_question_of_one_session_is_said_in_words_beside_one_that_is_asked_again(
    open_page: Open, group: Group
) -> None:
    offered = instruments.offered()
    play(group, 1, [(1, 3)] * 6)
    play(group, 2, [(2, 3)] * 6)
    play(group, 2, [(4, None)] * 6, card=a_card(offered["next_steps"]))
    play(group, 2, [(2, None)] * 6, card=a_card(offered["participation"]))

    app = open_page("journey", as_=group.members[0])

    assert len(app.get("plotly_chart")) == 1 + 6, "the petals and the six themes that are asked again"
    for part in ("Is there still a need?", "Session 2: Yes.", "Session 2: Contributing.", "No level is better than"):
        assert part in said(app)


def test_a_question_in_the_name_of_a_theme_is_quoted_where_a_sentence_names_it(open_page: Open, group: Group) -> None:
    play(group, 1, [(4, None)] * 6, card=a_card(instruments.offered()["next_steps"]))

    app = open_page("journey", as_=group.facilitator)

    assert "Write the first note about “Is there still a need?”" in links(app)
