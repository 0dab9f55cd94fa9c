"""Pairs of bars for offers and needs: where nobody can help is the sentence."""

from __future__ import annotations

import pytest

from mcm_core.charts.exchange import Pair, exchange
from tests.charts.figures import every_trace, said, strings, texts
from tests.charts.test_every_picture import ARROWS, ENDED, FORBIDDEN, SENTENCE

ROWS = (Pair("Waiting lists", 0, 3, True), Pair("Saying no", 2, 1, False), Pair("Rest", 0, 0, False))


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (ROWS, "Several of us would like something, and nobody can offer it, on “Waiting lists”."),
        (ROWS[:1] * 3, "On three topics several of us would like something, and nobody can offer it."),
        (ROWS[1:], "Wherever several of us would like something, somebody can offer it."),
        (ROWS[2:], "Nothing is offered or wished for yet."),
    ],
)
def test_the_title_says_where_nobody_can_help(rows: tuple[Pair, ...], title: str) -> None:
    assert exchange(rows).title == title


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_bars_words_and_table_say_the_same(narrow: bool, dark: bool) -> None:
    picture = exchange(ROWS, narrow=narrow, dark=dark)

    assert [trace["text"] for trace in every_trace(picture)] == [["0"], ["3"], ["2"], ["1"]]
    assert [tuple(row.values()) for row in picture.table] == [("Waiting lists", 0, 3), ("Saying no", 2, 1)]
    assert picture.reading == (
        "Topic by topic: “Waiting lists”: 0 can offer, 3 would like; “Saying no”: 2 can offer, 1 would like."
    )
    assert picture.note == "2 of 3 topics"
    assert texts(picture) == ["Waiting lists", "Can offer", "Would like", "Saying no", "Can offer", "Would like"]
    assert SENTENCE.fullmatch(picture.title)
    assert ENDED.fullmatch(picture.what)
    assert [part for part in said(picture) if FORBIDDEN.search(part) or ARROWS.search(part)] == []


def test_hostile_words_are_drawn_as_they_stand() -> None:
    picture = exchange([Pair("<a href='https://far.example'>$x$</a>", 1, 0, False)])

    assert [part for part in strings(picture) if "<a" in part or "$" in part] == []
    assert texts(picture)[0] == "<a href='https://far.example'>$x$</a>"
