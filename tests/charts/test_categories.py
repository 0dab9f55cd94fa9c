import pytest

from mcm_core.charts import palette
from mcm_core.charts.categories import WHAT, categories
from tests.builders import ALWAYS_SHOWN
from tests.charts import situations as our
from tests.charts.figures import drawn_counts, every_trace, layout, texts, traces

FEW = "Fewer than 5 of us chose a level, so no picture is shown. Talk it through instead."
WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def draw(releases=our.CHOICES, of_what=our.UNORDERED, **options):
    return categories(of_what, releases, of=our.OF, **options)


def one(now):
    return draw((our.release(our.UNORDERED, "this_week", now),))


@WIDTHS
def test_every_choice_has_a_bar_as_long_as_its_count(narrow):
    picture = draw(narrow=narrow)
    bars = traces(picture)

    assert [trace["name"] for trace in bars] == ["Observing", "Contributing", "Collaborating", "Leading"]
    assert [trace["x"] for trace in bars] == [[2], [0], [5], [1]]
    assert [trace["text"] for trace in bars] == [["2"], ["0"], ["5"], ["1"]]
    assert "base" not in {key for trace in bars for key in trace}
    assert layout(picture)["xaxis"]["range"] == [0, 5]


def test_the_table_holds_the_counts_of_the_bars():
    picture = draw()
    merged = {name: count for row in drawn_counts(picture) for name, count in row.items()}

    assert picture.table == (
        {"Theme": "This week", **merged, "Not sure": 0, "Doesn't apply": 0, "Rather not say": 0, "Note": ""},
    )


def test_choices_stand_in_the_order_of_the_instrument_and_not_of_their_counts():
    picture = one((0, 1, 3, 4))
    heights = [trace["y"][0] for trace in traces(picture)]

    assert heights == sorted(heights)
    assert picture.reading == "This week: 0 Observing, 1 Contributing, 3 Collaborating and 4 Leading."


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_bars_are_of_neutral_hues(dark):
    bars = traces(draw(dark=dark))

    assert tuple(trace["marker"]["color"] for trace in bars) == palette.categories(4, dark)


@pytest.mark.parametrize(
    ("now", "title"),
    [
        ((2, 0, 5, 1), "Between us we chose Observing, Collaborating and Leading."),
        ((0, 7, 0, 0), "All who chose named Contributing."),
        ((2, 1, 5, 1), "Between us we chose all four: Observing, Contributing, Collaborating and Leading."),
    ],
)
def test_the_title_names_what_was_chosen_and_ranks_nothing(now, title):
    assert one(now).title == title


def test_it_always_says_that_no_level_is_better():
    assert draw().what == f"{WHAT} {ALWAYS_SHOWN}"


def test_a_count_too_large_for_its_bar_stands_beside_it_on_paper():
    picture = one((1, 0, 40, 1))

    assert [trace["textposition"] for trace in traces(picture)] == ["outside", "outside", "inside", "outside"]
    assert layout(picture)["template"]["layout"]["font"]["color"] == palette.tokens(False)["ink"]


@WIDTHS
def test_each_bar_has_its_name_and_several_questions_have_theirs(narrow):
    both = tuple(our.release(our.TWO_QUESTIONS, key, (2, 1, 5, 1)) for key in ("this_week", "next_week"))
    picture = draw(both, our.TWO_QUESTIONS, narrow=narrow)
    names = ["Observing", "Contributing", "Collaborating", "Leading"]

    assert texts(picture) == ["This week", *names, "Next week", *names]
    assert texts(draw(narrow=narrow)) == names


@WIDTHS
def test_a_withheld_question_is_one_hatched_row_that_says_why(narrow):
    picture = draw(our.CHOICES_WITHHELD, narrow=narrow)

    assert [trace["name"] for trace in every_trace(picture)] == ["closed"]
    assert texts(picture) == [FEW]
    assert [list(row.values()) for row in picture.table] == [["This week", *["closed"] * 7, FEW]]
    assert picture.title == "There is no picture this time."
    assert picture.reading == f"This week stays closed. {FEW}"


def test_a_withheld_question_leaves_the_length_of_the_other_bars_alone():
    shown = our.release(our.TWO_QUESTIONS, "this_week", (2, 1, 2, 1))
    hidden = our.release(our.TWO_QUESTIONS, "next_week", (0, 0, 4, 0))

    assert layout(draw((shown, hidden), our.TWO_QUESTIONS))["xaxis"]["range"] == [0, 2]


def test_those_who_chose_no_level_are_in_the_table():
    others = (-1, -1, -3)
    picture = draw((our.release(our.UNORDERED, "this_week", (2, 0, 5, 1), others=others),))
    row = picture.table[0]

    assert (row["Not sure"], row["Doesn't apply"], row["Rather not say"]) == (2, 0, 1)
    assert picture.note == "11 of 12 members answered"


def test_nothing_revealed_is_said_so():
    picture = draw(())

    assert (picture.title, picture.reading) == ("There is no picture this time.", "Nothing has been revealed yet.")
    assert (picture.table, every_trace(picture)) == ((), [])


def test_levels_with_an_order_are_refused():
    with pytest.raises(ValueError, match="have an order"):
        categories(our.ORDERED, our.FULL, of=our.OF)


def test_why_questions_stay_closed_is_written_once():
    few = [our.release(our.TWO_QUESTIONS, theme.key, (1, 0, 3, 0)) for theme in our.TWO_QUESTIONS.themes]
    why = few[0].withheld

    assert draw(few, our.TWO_QUESTIONS).title == why
    assert why not in texts(draw(few, our.TWO_QUESTIONS))
