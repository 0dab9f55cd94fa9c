import pytest

from mcm_core.charts.dumbbell import WHAT, WIDE, dumbbell, levels
from mcm_core.domain.median import median
from tests.charts import situations as our
from tests.charts.figures import every_trace, layout, named, texts

FEW = "Fewer than 5 of us chose a level, so no picture is shown. Talk it through instead."
WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def draw(releases=our.FULL, **options):
    return dumbbell(our.ORDERED, releases, **options)


def on(*themes):
    """Releases of (theme, now, hoped for)."""
    return draw(tuple(our.release(our.ORDERED, *theme) for theme in themes))


def places(picture, name):
    return [trace["x"] for trace in named(picture, name)]


def cells(picture):
    return [tuple(row.values()) for row in picture.table]


def test_the_table_says_both_middles_and_the_gap_in_words():
    assert cells(draw()) == [
        ("Safety", "Forming", "Embedded", "about two levels more"),
        (
            "Feelings",
            "between Forming and Maturing",
            "Maturing",
            "about half a level more",
        ),
        (
            "Space",
            "between Early stages and Embedded",
            "between Maturing and Embedded",
            "no one gap, because the middle of us is wide",
        ),
        ("Tools", "Forming", "Maturing", "about one level more"),
        ("Skills", "between Forming and Maturing", "between Forming and Maturing", "the same"),
        ("Relationship", "Embedded", "Maturing", "about one level less"),
    ]


def test_the_reading_says_what_the_table_says():
    picture = on(("tools", (0, 9, 0, 0), (0, 0, 4, 4)))

    assert picture.reading == ("Tools: now Forming, hoped for between Maturing and Embedded: one to two levels more.")


@WIDTHS
def test_dots_and_rings_stand_at_the_middle(narrow):
    shown = (our.FULL[5], our.FULL[0], our.FULL[2], our.FULL[3], our.FULL[4])
    picture = draw(shown, narrow=narrow)

    assert places(picture, "now") == [[sum(median(release.current)) / 2] for release in shown]
    assert places(picture, "hoped for") == [[sum(median(release.desired)) / 2] for release in shown]


def test_a_line_joins_the_two_middles_of_one_theme_and_nothing_else():
    picture = draw(our.FULL[2:4])

    assert [(trace["x"], len(set(trace["y"]))) for trace in named(picture, "gap")] == [([2, 3], 1), ([2.5, 2.5], 1)]
    assert [trace["y"][0] for trace in named(picture, "gap")] == [trace["y"][0] for trace in named(picture, "now")]


def test_a_wide_middle_is_drawn_at_both_its_ends_and_not_on_a_level_that_nobody_chose():
    picture = on(("tools", (3, 0, 3, 0), (0, 0, 0, 6)))

    assert places(picture, "now") == [[1, 3]]
    assert places(picture, "hoped for") == [[4]]
    assert named(picture, "gap") == []
    assert picture.title == "The gap between now and our hopes cannot be drawn this time."
    assert texts(picture)[4:] == ["Tools", "no one gap"]
    assert picture.what == f"{WHAT} {WIDE}"


def test_wide_middles_are_explained_only_where_there_is_one():
    assert draw(our.FULL[2:]).what == WHAT
    assert draw(our.FULL[1:]).what == f"{WHAT} {WIDE}"


def test_the_levels_are_the_upright_lines():
    uprights = [shape for shape in layout(draw())["shapes"] if shape["type"] == "line"]

    assert [(line["x0"], line["x1"]) for line in uprights] == [(code, code) for code in our.ORDERED.codes]


@pytest.mark.parametrize(
    ("halves", "words"),
    [
        (0, "the same"),
        (1, "about half a level more"),
        (2, "about one level more"),
        (3, "one to two levels more"),
        (4, "about two levels more"),
        (-1, "about half a level less"),
        (-2, "about one level less"),
        (-5, "two to three levels less"),
    ],
)
def test_half_steps_are_said_as_a_person_says_them(halves, words):
    assert levels(halves) == words


@pytest.mark.parametrize(
    ("themes", "title"),
    [
        ([("tools", (0, 9, 0, 0), (0, 0, 9, 0))], "On Tools we hope for about one level more."),
        ([("tools", (0, 9, 0, 0), (0, 9, 0, 0))], "On Tools we hope to stay where we are."),
        (
            [("tools", (0, 9, 0, 0), (0, 0, 9, 0)), ("skills", (9, 0, 0, 0), (0, 9, 0, 0))],
            "We hope for about one level more in both themes.",
        ),
        (
            [("tools", (0, 9, 0, 0), (0, 0, 9, 0)), ("skills", (9, 0, 0, 0), (0, 0, 9, 0))],
            "We hope for more in both themes.",
        ),
        (
            [
                ("tools", (0, 9, 0, 0), (0, 0, 9, 0)),
                ("skills", (9, 0, 0, 0), (0, 0, 9, 0)),
                ("space", (9, 0, 0, 0), (9, 0, 0, 0)),
            ],
            "We hope for more in two of three themes.",
        ),
        (
            [("tools", (0, 9, 0, 0), (9, 0, 0, 0)), ("skills", (0, 0, 9, 0), (9, 0, 0, 0))],
            "We hope for less in both themes.",
        ),
        (
            [("tools", (0, 9, 0, 0), (9, 0, 0, 0)), ("skills", (0, 0, 9, 0), (0, 0, 9, 0))],
            "We hope for less in one of two themes.",
        ),
    ],
)
def test_the_title_says_where_hopes_lie(themes, title):
    assert on(*themes).title == title


def test_a_withheld_theme_stays_closed_in_every_form():
    picture = draw(our.SOME_WITHHELD)

    assert cells(picture)[-1] == ("Tools", "closed", "closed", "closed")
    assert [len(named(picture, name)) for name in ("closed", "now", "hoped for")] == [1, 2, 2]
    assert picture.reading.endswith(f" Tools: closed this time. {FEW}")


@pytest.mark.parametrize(
    ("releases", "shown", "reading"),
    [
        (our.NOW_ONLY, "now", f"Tools: now between Forming and Maturing; hoped for stays closed. {FEW}"),
        (our.HOPES_ONLY, "hoped for", f"Tools: hoped for Maturing; now stays closed. {FEW}"),
    ],
)
def test_with_one_side_closed_the_other_stands_alone(releases, shown, reading):
    picture = draw(releases)

    assert [trace["name"] for trace in every_trace(picture)] == [shown]
    assert (picture.reading, picture.table[0]["Gap"]) == (reading, "closed")


def test_people_who_chose_no_level_are_not_in_the_middle():
    assert cells(draw(our.NON_ANSWERS)) == [
        ("Tools", "between Forming and Maturing", "between Maturing and Embedded", "about one level more")
    ]


def test_nothing_revealed_is_said_so():
    picture = draw(())

    assert (picture.title, picture.reading) == ("There is no picture this time.", "Nothing has been revealed yet.")
    assert (picture.table, every_trace(picture)) == ((), [])


def test_what_is_true_of_several_themes_is_said_once():
    alike = (((0, 9, 0, 0), (0, 0, 9, 0)), ((0, 0, 9, 0), (0, 0, 9, 0)), ((0, 9, 0, 0), (0, 0, 9, 0)))
    picture = on(*zip(("safety", "space", "tools"), *zip(*alike, strict=True), strict=True))

    assert picture.reading == (
        "Safety and Tools: now Forming, hoped for Maturing: about one level more. "
        "Space: now Maturing, hoped for Maturing: the same."
    )


def test_the_note_says_how_many_of_how_many_answered():
    assert draw().note == "9 to 12 of 12 members answered"


@pytest.mark.parametrize("instrument", [our.UNORDERED, our.ONE_ANSWER], ids=["no order", "no hopes"])
def test_an_instrument_without_order_or_hopes_is_refused(instrument):
    with pytest.raises(ValueError, match="has no middle to hope for"):
        dumbbell(instrument, ())


def test_why_themes_stay_closed_is_written_once():
    few = [our.release(our.ORDERED, theme, (0, 3, 1, 0), (0, 0, 1, 3)) for theme in ("tools", "skills", "safety")]

    assert draw(few).title == FEW
    assert FEW not in texts(draw(few))
    assert texts(draw([*our.FULL[:1], *few])).count(FEW) == 1
    assert draw([*our.FULL[:1], *few]).reading.count(FEW) == 1
