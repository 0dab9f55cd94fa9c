"""The printed reports: what was released, what is one's own, and not a word more."""

from __future__ import annotations

import re

import pytest

from mcm_core.domain.decision import ASKED
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.services import cohorts, decisions, instruments
from mcm_core.store.engine import write
from mcm_core.web import report_csv
from tests.services.people import NOW
from tests.services.stories import (
    Group,
    a_card,
    an_open_round,
    answer,
    choose_focus,
    connections,
    six_sessions,
)
from tests.web.papers import browser_of, ours, play, rows, six_beside_others, words, write_note

HOSTILE = "=HYPERLINK(\"http://x\") <script>alert('x')</script> & “quoted”"


@pytest.fixture
def group(sqlite: str) -> Group:
    return six_beside_others()


def test_reports_are_kept_nowhere_and_named_for_nobody(group: Group) -> None:
    play(group, 1, [(1, 2)] * 6)
    ada = browser_of(group.members[0])

    pages = [ada.get(address) for address in ("/report/mine", ours(group))]
    tables = [ada.get(address) for address in ("/report/mine.csv", ours(group, ".csv"))]

    assert {page.headers["cache-control"] for page in pages + tables} == {"no-store"}
    assert [page.headers["content-type"] for page in pages] == ["text/html; charset=utf-8"] * 2
    assert [re.search("<title>(.*)</title>", page.text)[1] for page in pages] == ["My journey", "Our journey"]
    assert [table.headers["content-disposition"] for table in tables] == [
        'attachment; filename="my-journey.csv"',
        'attachment; filename="our-journey.csv"',
    ]
    assert all(table.content.startswith("\ufeff".encode()) for table in tables)


def test_before_the_first_round_both_say_so(group: Group) -> None:
    ada = browser_of(group.members[0])

    assert "You have no reading yet." in words(ada.get("/report/mine").text)
    assert "There is no picture yet." in words(ada.get(ours(group)).text)
    assert rows(ada.get("/report/mine.csv").text) == rows(ada.get(ours(group, ".csv")).text) == []


def test_the_cohorts_report_says_what_was_released(group: Group) -> None:
    play(group, 1, [(1, 2), (1, 3), (2, 3), (2, 3), (2, 4), (4, 4)])
    play(group, 6, [(2, 2), (3, 4), (3, 4), (2, 3), (3, 4), (4, 4)])

    page = words(browser_of(group.facilitator).get(ours(group)).text)

    assert "The middle of our answers was Forming in session 1 and is Maturing in session 6." in page
    assert "6 of 6 members answered" in page
    assert (
        "Of the 6 who chose a level in both session 1 and session 6, 4 moved up, 2 stayed where they were "
        "(1 of them at the top already) and nobody moved down." in page
    )
    assert "2 hope for more, 4 for the same and nobody for less." in page
    assert "This describes these 6 people. It does not show what caused the change." in page


def test_a_closed_picture_is_said_in_words_and_has_no_number(group: Group) -> None:
    play(group, 1, [(1, 2), (2, 3), (3, 4), (4, 4), None, None])
    facilitator = browser_of(group.facilitator)

    page, table = facilitator.get(ours(group)).text, facilitator.get(ours(group, ".csv")).text

    assert "Fewer than 5 of us chose a level, so no picture is shown." in words(page)
    assert 'class="boxes"' not in page
    assert {(row["answer"], row["people"], row["order code"]) for row in rows(table)} == {("closed", "", "")}
    assert all("Fewer than 5" in row["closed because"] for row in rows(table))


def test_a_round_that_is_not_revealed_is_not_in_the_report(group: Group) -> None:
    with write() as db:
        opened = an_open_round(db, group.facilitator, group.cohort)
        answer(db, opened, group.members, [(1, 2)] * 6, at=NOW)

    assert "There is no picture yet." in words(browser_of(group.facilitator).get(ours(group)).text)
    assert rows(browser_of(group.facilitator).get(ours(group, ".csv")).text) == []


def test_my_report_is_my_line_with_its_breaks_and_gaps(group: Group) -> None:
    play(group, 1, [(1, 3)] + [(4, 4)] * 5)
    play(group, 2, [None] + [(4, 4)] * 5)
    play(group, 3, [(2, 3)] + [(4, 4)] * 5)
    with write() as db:
        choose_focus(db, group.members[0], connections(), "the <b>food bank</b>")
    play(group, 4, [(-1, 3)] + [(4, 4)] * 5)
    ada = browser_of(group.members[0])

    page, table = ada.get("/report/mine").text, rows(ada.get("/report/mine.csv").text)

    assert "In session 4 a new line starts" in page
    assert "“the &lt;b&gt;food bank&lt;/b&gt;”. Before, they were about “outreach calls”." in page
    tools = [row for row in table if row["theme"] == "Tools"]
    assert [(row["session"], row["now order code"], row["now"], row["hoped for"]) for row in tools] == [
        ("1", "1", "Early stages", "Maturing"),
        ("3", "2", "Forming", "Maturing"),
        ("4", "", "Not sure", "Maturing"),
    ]
    assert "Embedded" not in {row["now"] for row in table}
    assert page.count('class="away') == 6 * 3 * 5  # sessions 2, 5 and 6, four levels and "Not sure", six themes


def test_notes_keep_their_audience_and_the_name_their_author_chose(group: Group) -> None:
    ada, ben = group.members[:2]
    play(group, 1, [(1, 2)] * 6)
    write_note(ada, group, "for the author", Audience.ME)
    write_note(ada, group, "for facilitators", Audience.FACILITATOR)
    write_note(ada, group, "for us", Audience.COHORT, attribution=Attribution.FIRST_NAME)
    write_note(ben, group, "for everybody", Audience.NETWORK, attribution=Attribution.ROLE, kind=Kind.NUGGET)

    own = words(browser_of(ada).get("/report/mine").text)
    us = [words(browser_of(who).get(ours(group)).text) for who in (ada, group.facilitator)]
    share = words(browser_of(ada).get(ours(group, "?share")).text)

    for page in (own, *us, share):
        assert "for the author" not in page
        assert "for facilitators" not in page
    assert "for us" in own
    assert "for everybody" not in own
    for page in us:
        assert "for us Ada, session 1, experience" in page
        assert "for everybody a member, session 1, nugget, shared with the network" in page
    assert "for everybody" in share
    assert "for us Ada" not in share


def test_names_and_notes_are_words_and_never_markup_or_formulas(group: Group) -> None:
    with write() as db:
        cohorts.rename(db, group.facilitator, group.cohort.id, "=1+1 <script>alert(1)</script>")
        choose_focus(db, group.members[0], connections(), HOSTILE)
    play(group, 1, [(1, 2)] * 6)
    write_note(group.members[0], group, HOSTILE, Audience.NETWORK)
    ada = browser_of(group.members[0])

    for address in ("/report/mine", ours(group), ours(group, "?share")):
        page = ada.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page or address == "/report/mine"
    relationships = {row["relationship"] for row in rows(ada.get("/report/mine.csv").text)}
    assert relationships == {f"'{HOSTILE}"}


@pytest.mark.parametrize("start", ["\u200b=", "\ufeff=", " \u00ad@", *"=+-@\t\r\n", "  =", "＝"])
def test_a_cell_that_could_be_a_formula_is_disarmed(start: str) -> None:
    assert report_csv.disarmed(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert report_csv.disarmed("a plain word - and more") == "a plain word - and more"
    assert report_csv.disarmed(-1) == -1


def test_without_the_disarming_a_formula_would_stand_in_the_table(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(report_csv, "disarmed", lambda cell: cell)
    with write() as db:
        choose_focus(db, group.members[0], connections(), HOSTILE)
    play(group, 1, [(1, 2)] * 6)

    table = rows(browser_of(group.members[0]).get("/report/mine.csv").text)

    assert {row["relationship"] for row in table} == {HOSTILE}


def test_levels_without_an_order_have_no_middle_no_shift_and_their_sentence(group: Group) -> None:
    card = a_card(instruments.offered()["participation"])
    for number in (1, 2):
        play(group, number, [(number, None), (2, None), (3, None), (4, None), (1, None), (2, None)], card=card)

    page = words(browser_of(group.members[0]).get(ours(group)).text)

    assert "No level is better than another." in page
    for word in ("middle of our", "moved up", "The middle"):
        assert word not in page


def test_no_paper_speaks_of_scores_means_or_percentages(group: Group) -> None:
    with write() as db:
        six_sessions(db, group)
    ada = browser_of(group.members[0])

    for address in ("/report/mine", "/report/mine.csv", ours(group), ours(group, ".csv")):
        text = words(ada.get(address).text).lower().replace("service user", "")
        found = re.findall(r"%|\b(?:score|mean\b|average|percent|result|improve|poor|user|submit)\w*", text)
        assert found == [], address


def test_what_was_decided_is_printed_and_who_does_what_stays_inside(group: Group) -> None:
    said = {name: f"{name} {HOSTILE}" for name in ASKED}
    with write() as db:
        decisions.write_down(db, group.facilitator, group.cohort.id, **said, version=0, at=NOW)
    ada = browser_of(group.members[0])

    inside, shared = (ada.get(ours(group) + query).text for query in ("", "?share"))

    assert "How we go on" in inside
    assert "who =HYPERLINK" in inside
    assert "decided =HYPERLINK" in shared
    assert "who =HYPERLINK" not in shared
    assert "<script>alert" not in inside
