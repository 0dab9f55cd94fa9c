import pytest

from mcm_core.charts import palette
from mcm_core.charts.slopes import BAND, BREAK, DOTS, slopes
from mcm_core.domain.reading import NonAnswer
from tests.builders import ALWAYS_SHOWN
from tests.charts import situations as our
from tests.charts.figures import every_trace, layout, named, texts

TOOLS = our.ORDERED.theme("tools")
SAFETY = our.ORDERED.theme("safety")
WEEK = our.UNORDERED.theme("this_week")
WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def draw(*lines, **options):
    return slopes(our.ORDERED, TOOLS, lines or (our.LINE,), **options)


def unordered(*lines, **options):
    return slopes(our.UNORDERED, WEEK, lines, **options)


def points(picture, name):
    """The sessions and levels of each line of this name."""
    return [dict(zip(trace["x"], trace["y"], strict=True)) for trace in named(picture, name)]


@WIDTHS
def test_levels_are_drawn_in_their_session_and_whatever_is_none_is_a_gap(narrow):
    picture = draw(narrow=narrow)

    assert points(picture, "now") == [{1: 1, 2: 2, 3: None, 4: None, 5: None, 6: 3}]
    assert points(picture, "hoped for") == [{1: 3, 2: 3, 3: None, 4: None, 5: None, 6: 4}]
    assert [trace["connectgaps"] for trace in every_trace(picture)] == [False, False]


@pytest.mark.parametrize("answer", NonAnswer)
def test_an_answer_that_is_no_level_is_a_gap_and_stands_in_the_table(answer):
    picture = draw(our.series((1, 2, 3), (2, answer, answer), (3, 2, 3)))

    assert points(picture, "now") == [{1: 2, 2: None, 3: 2}]
    assert points(picture, "hoped for") == [{1: 3, 2: None, 3: 3}]
    assert picture.table[1] == {"Session": 2, "Now": answer.label, "Hoped for": answer.label}


def test_the_table_has_every_session_and_a_dash_for_those_away():
    assert [tuple(row.values()) for row in draw().table] == [
        (1, "Early stages", "Maturing"),
        (2, "Forming", "Maturing"),
        (3, "–", "–"),
        (4, "Rather not say", "–"),
        (5, "–", "–"),
        (6, "Maturing", "Embedded"),
    ]


def test_another_relationship_is_another_line_in_grey():
    picture = draw(*our.TWO_LINES)
    names = palette.tokens(False)

    assert points(picture, "now") == [{1: 1, 2: 3}, {4: 2, 5: 4}]
    assert points(picture, "hoped for") == [{1: 2, 2: 4}, {4: 2, 5: 4}]
    assert [trace["line"]["color"] for trace in named(picture, "now")] == [names["muted"], names["accent"]]
    assert picture.reading == (
        "Session 1: Early stages now, Forming hoped for. Session 2: Maturing now, Embedded hoped for. "
        "A new line starts in session 4, with another relationship. "
        "Session 4: Forming now, Forming hoped for. Session 5: Embedded now, Embedded hoped for."
    )
    assert (BREAK in picture.what, BREAK in draw().what) == (True, False)


def test_now_is_solid_and_hoped_for_is_dashed_with_open_dots():
    picture = draw()
    (now,), (hoped,) = named(picture, "now"), named(picture, "hoped for")

    assert (now["line"]["dash"], hoped["line"]["dash"]) == ("solid", "6px,4px")
    assert hoped["marker"]["color"] == palette.tokens(False)["paper"]
    assert now["marker"]["color"] == now["line"]["color"]


def test_safety_has_its_own_colour():
    picture = slopes(our.ORDERED, SAFETY, (our.LINE,))

    assert named(picture, "now")[0]["line"]["color"] == palette.tokens(False)["safety"]


@WIDTHS
def test_the_numbers_of_the_lines_lie_on_the_lines_of_the_levels(narrow):
    sheet = layout(draw(narrow=narrow))
    low, high = sheet["yaxis2"]["range"]
    names = {note["text"].replace("<br>", " "): note["y"] for note in sheet["annotations"]}
    height = sheet["yaxis"]["range"][0]
    drawn = [(1 - names[label] / height) * (high - low) + low for label in ("Early stages", "Maturing", "Embedded")]

    assert drawn == pytest.approx([1, 3, 4])


@pytest.mark.parametrize(
    ("readings", "title"),
    [
        ([], "You have no reading of this theme yet."),
        ([(1, 2, 3)], "Your first reading: Forming."),
        ([(1, NonAnswer.PASS, None)], "Your answer: Rather not say."),
        ([(1, 1, 2), (2, 2, 3)], "You moved up one; so did your hope."),
        ([(1, 1, 4), (2, 3, 4)], "You moved up two; your hope stays at Embedded."),
        ([(1, 3, 4), (2, 2, 2)], "You moved down one; your hope moved down two."),
        ([(1, 3, 4), (2, 3, 4)], "You are where you began."),
        ([(1, 3, 3), (2, 3, 4)], "You are where you began; your hope moved up one."),
        ([(1, 3, None), (2, 4, 4)], "You moved up one."),
        ([(1, 2, 3), (2, NonAnswer.NOT_SURE, None)], "You last answered “Not sure”; before that, Forming."),
    ],
)
def test_the_title_says_what_happened_to_now_and_to_the_hope(readings, title):
    lines = (our.series(*readings),) if readings else ()

    assert slopes(our.ORDERED, TOOLS, lines).title == title


def test_the_title_of_a_new_line_compares_nothing_with_the_old_one():
    assert (
        draw(our.series((1, 4, 4)), our.series((3, 1, 2))).title == "Your first reading of the new line: Early stages."
    )


def test_nothing_read_is_said_so():
    picture = slopes(our.ORDERED, TOOLS, ())

    assert (picture.reading, picture.note) == (
        "You have no reading of this theme yet.",
        "0 of 6 sessions have a reading of yours",
    )
    assert every_trace(picture) == []
    assert [tuple(row.values()) for row in picture.table] == [(number, "–", "–") for number in range(1, 7)]


def test_a_seventh_session_is_drawn_when_there_is_one():
    picture = draw(our.series((1, 1, 1), (7, 2, 2)))

    assert layout(picture)["xaxis"]["range"] == [0.5, 7.5]
    assert [row["Session"] for row in picture.table] == [1, 2, 3, 4, 5, 6, 7]
    assert picture.note == "2 of 7 sessions have a reading of yours"


def test_the_band_lies_on_the_two_middle_answers_where_they_were_shown():
    picture = draw(group=our.OVER_TIME)
    bands = {trace["x"][0]: (trace["base"][0], trace["y"][0]) for trace in named(picture, "our middle")}

    assert {session: tuple(round(part, 2) for part in band) for session, band in bands.items()} == {
        1: (1.68, 0.64), 4: (1.68, 1.64), 6: (1.68, 1.64),
    }  # fmt: skip
    assert [row["Our middle"] for row in picture.table] == [
        "Forming", "–", "–", "between Forming and Maturing", "–", "between Forming and Maturing",
    ]  # fmt: skip
    assert picture.reading.endswith(
        "The middle of all of us: Forming in session 1, between Forming and Maturing in session 4 "
        "and between Forming and Maturing in session 6."
    )
    assert (BAND in picture.what, BAND in draw().what) == (True, False)


def test_a_withheld_picture_of_the_group_has_no_band():
    picture = draw(group={1: our.WITHHELD[0]})

    assert named(picture, "our middle") == []
    assert {row["Our middle"] for row in picture.table} == {"–"}
    assert "our middle" not in texts(picture)


def test_without_order_there_are_dots_first_choice_on_top_and_no_line():
    picture = unordered(our.series((1, 1, None), (2, 4, None), (3, 1, None)), group=our.CHOICES_OVER_TIME)
    sheet = layout(picture)
    heights = {note["text"]: note["y"] for note in sheet["annotations"]}

    assert [trace["mode"] for trace in every_trace(picture)] == ["markers"]
    assert points(picture, "now") == [{1: 1, 2: 4, 3: 1}]
    assert heights["Observing"] < heights["Contributing"] < heights["Collaborating"] < heights["Leading"]
    assert sheet["yaxis2"]["range"][0] > sheet["yaxis2"]["range"][1]
    assert [tuple(row) for row in picture.table] == [("Session", "Now")] * 6


def test_without_order_the_words_count_and_rank_nothing():
    picture = unordered(our.series((1, 4, None), (2, 1, None), (3, 4, None), (4, 4, None), (5, 2, None), (6, 1, None)))

    assert picture.title == "You chose Observing twice, Contributing once and Leading three times."
    assert picture.what == f"{DOTS} {ALWAYS_SHOWN}"
    assert unordered(our.series((1, NonAnswer.PASS, None))).title == "Your answer: Rather not say."


def test_an_instrument_that_asks_for_no_hopes_has_one_line():
    picture = slopes(our.ONE_ANSWER, our.ONE_ANSWER.themes[0], (our.series((1, 2, None), (3, 5, None)),))

    assert points(picture, "now") == [{1: 2, 2: None, 3: 5}]
    assert named(picture, "hoped for") == []
    assert (picture.title, tuple(picture.table[0])) == ("You moved up three.", ("Session", "Now"))
