import pytest

from mcm_core.charts import palette
from mcm_core.charts.multiples import HOPES, MIDDLE, WHAT, multiples
from mcm_core.charts.sheet import KEY_HEIGHT
from tests.builders import ALWAYS_SHOWN
from tests.charts import situations as our
from tests.charts.figures import drawn_counts, every_trace, layout, named, table_counts, texts, traces

WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def draw(releases=our.OVER_TIME, of_what=our.ORDERED, **options):
    return multiples(of_what, releases, **options)


def unordered(releases=our.CHOICES_OVER_TIME):
    return draw(releases, our.UNORDERED)


def one(now, hoped=(0, 0, 3, 3), session=1):
    return our.release(our.ORDERED, "tools", now, hoped, session=session)


@WIDTHS
def test_blocks_carry_the_counts_of_the_table(narrow):
    picture = draw(narrow=narrow)
    shown = [table_counts(our.ORDERED, row) for row in picture.table]

    assert drawn_counts(picture) == [counts for counts in shown if counts]
    assert [trace["customdata"] for trace in traces(picture)] == [
        [count] for counts in shown for count in counts.values()
    ]


@WIDTHS
def test_blocks_are_laid_end_to_end_from_the_left(narrow):
    picture = draw({1: one((1, 4, 0, 3), (0, 0, 4, 4))}, narrow=narrow)
    blocks = traces(picture)
    gap = 2 * 8 / (336 if narrow else 542)

    assert [trace["base"][0] - gap for trace in blocks] == pytest.approx([0, 1, 5, 0, 4])
    assert [trace["x"][0] + 2 * gap for trace in blocks] == pytest.approx([1, 4, 3, 4, 4])
    assert layout(picture)["xaxis"]["range"] == [0, 8]


def test_the_table_has_every_session_whether_there_is_a_picture_or_not():
    assert [(row["Session"], row["Question"], row["Forming"]) for row in draw().table] == [
        (1, "now", 9),
        (1, "hoped for", 2),
        (2, "–", "–"),
        (3, "now", "closed"),
        (3, "hoped for", "closed"),
        (4, "now", 4),
        (4, "hoped for", 1),
        (5, "–", "–"),
        (6, "now", 3),
        (6, "hoped for", "closed"),
    ]


@WIDTHS
def test_every_session_says_how_many_answered_or_why_it_has_no_blocks(narrow):
    words = [part for part in texts(draw(narrow=narrow)) if "session" in part.lower() or "answered" in part]
    beside = [part for part in texts(draw(narrow=narrow)) if part in ("no picture", "kept closed")]

    assert words == [
        "Session 1", "11 answered", "Session 2", "Session 3", "Session 4", "10 answered", "Session 5",
        "Session 6", "6 answered",
    ]  # fmt: skip
    assert beside == ["no picture", "kept closed", "kept closed", "no picture", "kept closed"]


def test_an_absent_session_has_no_blocks_and_a_withheld_one_is_hatched():
    picture = draw()
    rows = sorted({trace["y"][0] for trace in traces(picture)})

    assert len(rows) == 5
    assert len(named(picture, "closed")) == 2
    assert 0 not in [count for counts in drawn_counts(picture) for count in counts.values()]


def test_a_withheld_session_is_as_high_as_a_shown_one_so_that_it_tells_nothing():
    shown, withheld = (layout(draw({1: release}))["height"] for release in (our.FULL[2], our.WITHHELD[0]))

    assert shown == withheld


@pytest.mark.parametrize(
    ("releases", "title"),
    [
        ({}, "There is no picture of this theme yet."),
        ({1: our.WITHHELD[0]}, "There is no picture of this theme yet."),
        ({1: one((0, 6, 0, 0))}, "In session 1 the middle was Forming."),
        ({1: one((0, 6, 0, 0)), 2: one((6, 0, 0, 0)), 4: one((0, 6, 1, 0))},
         "In session 4 the middle is Forming, as it was in session 1."),
        ({1: one((0, 6, 0, 0)), 4: one((0, 3, 3, 0))},
         "In session 1 the middle was Forming; in session 4 it is between Forming and Maturing."),
        ({2: our.HOPES_ONLY[0]}, "So far only what we hoped for is shown."),
    ],
)  # fmt: skip
def test_the_title_compares_the_middle_of_the_first_and_the_last_picture(releases, title):
    assert draw(releases).title == title


def test_the_reading_says_every_session_that_has_a_round():
    assert draw().reading == (
        "Session 1, 11 answered: now Forming; hoped for Maturing. Session 3 is kept closed. "
        "Session 4, 10 answered: now between Forming and Maturing; hoped for Maturing. "
        "Session 6, 6 answered: now between Forming and Maturing; hoped for kept closed."
    )
    assert draw({}).reading == "Nothing has been revealed yet."


def test_the_note_says_how_many_of_how_many():
    assert draw().note == "3 of 6 sessions have a picture; 6 to 11 of 12 members answered"
    assert draw({1: our.WITHHELD[0]}).note == "no picture in 6 sessions"


def test_a_seventh_session_is_drawn_when_there_is_one():
    assert [row["Session"] for row in draw({7: one((0, 6, 0, 0), session=7)}).table] == [1, 2, 3, 4, 5, 6, 7, 7]


def test_a_newcomer_is_told_of_rows_and_middle():
    assert draw().what == f"{WHAT} {HOPES} {MIDDLE}"
    assert draw({}, our.ONE_ANSWER).what == f"{WHAT} {MIDDLE}"


def test_without_order_there_are_neutral_hues_and_no_middle():
    picture = unordered()
    hues = palette.categories(4, False)

    assert [trace["marker"]["color"] for trace in traces(picture)] == [hues[0], hues[2], hues[3]]
    assert [shape["fillcolor"] for shape in layout(picture)["shapes"] if shape["y1"] == KEY_HEIGHT] == list(hues)
    assert picture.what == f"{WHAT} {ALWAYS_SHOWN}"


def test_without_order_the_words_count_and_rank_nothing():
    picture = unordered()

    assert picture.title == "Between us we chose Observing, Collaborating and Leading."
    assert picture.reading == (
        "Session 1, 8 answered: 2 Observing, 5 Collaborating and 1 Leading. Session 2 is kept closed."
    )
    assert drawn_counts(picture) == [{"Observing": 2, "Collaborating": 5, "Leading": 1}]
    assert [row["Question"] for row in picture.table] == ["answers", "answers", "–", "–", "–", "–"]


def test_nothing_revealed_draws_no_blocks():
    assert every_trace(draw({})) == []
