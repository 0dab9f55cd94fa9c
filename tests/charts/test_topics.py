"""Ranked bars of dots: the numbers as they are, in words, in the table, and nothing that blames."""

from __future__ import annotations

import pytest

from mcm_core.charts import palette
from mcm_core.charts.picture import Picture
from mcm_core.charts.topics import WIDEST, ranked
from tests.charts.figures import every_trace, layout, said, strings, texts
from tests.charts.test_every_picture import ARROWS, DECIMAL, ENDED, FORBIDDEN, SENTENCE

ROWS = (("Waiting lists", 6), ("How do we say no kindly?", 4), ("Who else should be here?", 0))
LONG = "What can we do when somebody tells us more than we can carry, and there is nobody to hand it on to? " * 2
HOSTILE = (("<b>bold</b> $x$ <a href='https://far.example'>a</a>", 3), (LONG.strip(), 2))


def forms(rows) -> list[Picture]:
    return [
        ranked(rows, people=6, of=9, narrow=narrow, dark=dark) for narrow in (False, True) for dark in (False, True)
    ]


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ((6, 4, 0), "Most dots: “a”."),
        ((4, 4, 0), "Most dots: “a” and “b”."),
        ((2, 2, 2), "All topics have the same number of dots."),
        ((2, 2, 2, 2, 1), "Four topics share the most dots."),
        ((0, 0), "No topic has a dot."),
        ((), "No topic has a dot."),
    ],
)
def test_the_title_says_what_has_the_most(counts: tuple[int, ...], title: str) -> None:
    assert ranked(list(zip("abcde", counts, strict=False)), people=6, of=9).title == title


@pytest.mark.parametrize("rows", [ROWS, HOSTILE, ()], ids=["usual", "hostile", "nothing"])
def test_every_form_says_the_same_in_sentences(rows) -> None:
    one, *others = forms(rows)

    assert SENTENCE.fullmatch(one.title)
    assert ENDED.fullmatch(one.reading)
    assert ENDED.fullmatch(one.what)
    for other in others:
        assert (other.title, other.reading, other.table, other.note) == (one.title, one.reading, one.table, one.note)
    for picture in (one, *others):
        assert [part for part in said(picture) if FORBIDDEN.search(part) or ARROWS.search(part)] == []
        assert [part for part in said(picture) if DECIMAL.search(part)] == []


def test_every_bar_is_as_long_as_its_number_and_stands_in_the_table() -> None:
    picture = ranked(ROWS, people=6, of=9)

    assert [(trace["x"], trace["text"]) for trace in every_trace(picture)] == [([6], ["6"]), ([4], ["4"]), ([0], ["0"])]
    assert picture.table == tuple({"Topic": label, "Dots": count} for label, count in ROWS)
    assert picture.note == "6 of 9 gave dots"
    assert picture.reading.startswith("Dots, the most first: “Waiting lists”: 6; “How do we say no kindly?”: 4;")


def test_peoples_words_are_drawn_whole_and_as_they_stand() -> None:
    for picture in forms(HOSTILE):
        assert [part for part in strings(picture) if "$" in part or "<b>" in part or "<a" in part] == []
        assert [text for text in texts(picture)] == [label for label, _ in HOSTILE]


@pytest.mark.parametrize("letter", ["W", "語"])
def test_a_word_without_an_end_stays_on_the_sheet_however_wide_its_letters(letter: str) -> None:
    for picture, wide in zip(forms([(letter * 120, 2)]), (692, 692, 336, 336), strict=True):
        lines = layout(picture)["annotations"][0]["text"].split("<br>")
        assert "".join(lines) == letter * 120
        assert max(map(len, lines)) * WIDEST <= wide


def test_every_number_can_be_read_on_its_bar() -> None:
    for dark in (False, True):
        for trace in every_trace(ranked(ROWS, people=6, of=9, dark=dark)):
            on, ink = trace["marker"]["color"], trace["insidetextfont"]["color"]
            assert palette.contrast(on, ink) >= palette.TEXT_CONTRAST
