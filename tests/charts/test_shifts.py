import pytest

from mcm_core.charts import palette
from mcm_core.charts.shifts import shifts
from mcm_core.domain.journey import hopes_moved, we_moved
from mcm_core.domain.shift import Movement, Shift
from tests.charts import situations as our
from tests.charts.figures import every_trace, layout, named, texts, traces

TOOLS, SKILLS = our.ORDERED.theme("tools"), our.ORDERED.theme("skills")
WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def draw(*rows, **options):
    return shifts(our.ORDERED, rows or ((TOOLS, our.MOVED),), **options)


def moved(up, same, down, hopes=None, at_top=0):
    return Shift("tools", 1, 4, Movement(up, same, down, at_top), hopes)


def blocks(picture, side):
    return {
        trace["name"].removeprefix(f"{side}: "): trace
        for trace in traces(picture)
        if trace["name"].startswith(f"{side}: ")
    }


@WIDTHS
def test_blocks_are_the_counts_of_the_table_down_same_up_from_the_left(narrow):
    picture = draw((TOOLS, moved(3, 4, 1, Movement(1, 5, 2))), narrow=narrow)
    now, hoped = blocks(picture, "now"), blocks(picture, "hoped for")
    gap = 2 * 8 / (336 if narrow else 502)

    assert {name: int(trace["text"][0].split()[0]) for name, trace in now.items()} == {"down": 1, "same": 4, "up": 3}
    assert [trace["base"][0] - gap for trace in now.values()] == pytest.approx([0, 1, 5])
    assert [trace["x"][0] + 2 * gap for trace in now.values()] == pytest.approx([1, 4, 3])
    assert list(hoped) == ["lower", "same", "higher"]
    assert [trace["x"][0] + 2 * gap for trace in hoped.values()] == pytest.approx([2, 5, 1])
    assert [(row["Side"], row["Down"], row["Same"], row["Up"]) for row in picture.table] == [
        ("now", 1, 4, 3),
        ("hoped for", 2, 5, 1),
    ]


def test_a_direction_that_nobody_took_has_no_block():
    assert list(blocks(draw((TOOLS, moved(0, 6, 2))), "now")) == ["down", "same"]


def test_the_table_counts_those_at_the_top_apart():
    assert draw().table == (
        {"Theme": "Tools", "Sessions": "1 to 2", "Side": "now", "Up": 5, "Same": 5, "Down": 0,
         "Of the same: already at the top": 2},
        {"Theme": "Tools", "Sessions": "1 to 2", "Side": "hoped for", "Up": 0, "Same": 8, "Down": 2,
         "Of the same: already at the top": 4},
    )  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_directions_have_the_colours_of_the_palette(dark):
    names = palette.tokens(dark)
    now = blocks(draw((TOOLS, moved(3, 4, 1)), dark=dark), "now")

    assert {name: trace["marker"]["color"] for name, trace in now.items()} == {
        name: names[name] for name in ("down", "same", "up")
    }


def test_the_heading_names_theme_and_sessions():
    assert texts(draw((TOOLS, moved(3, 4, 1)))) == ["Tools, session 1 to 4", "now", "hoped for", "kept closed"]


def test_the_reading_says_both_rows():
    assert draw().reading == f"Tools: {we_moved(our.MOVED)} {hopes_moved(our.MOVED)}"


@pytest.mark.parametrize(
    ("shift", "title"),
    [
        (moved(5, 5, 0), "Five of 10 of us moved up on Tools, none down."),
        (moved(0, 4, 2), "None of 6 of us moved up on Tools, two down."),
        (our.NOBODY_MOVED, "None of 10 of us moved up on Tools, none down."),
        (our.FEW_PAIRS, "Who moved stays closed this time."),
    ],
)
def test_the_title_counts_who_moved_on_one_theme(shift, title):
    assert draw((TOOLS, shift)).title == title


@pytest.mark.parametrize(
    ("tools", "skills", "title"),
    [
        (moved(1, 5, 0), moved(2, 4, 0), "Most of us stayed where we were."),
        (moved(1, 4, 0), moved(4, 1, 0), "Four of 5 of us moved up on Skills, none down."),
        (moved(0, 1, 5), moved(1, 4, 0), "None of 6 of us moved up on Tools, five down."),
        (moved(0, 0, 6), moved(0, 2, 4), "None of 6 of us moved up on Tools, six down."),
    ],
)
def test_the_title_of_several_themes_is_about_the_one_that_moved_most(tools, skills, title):
    assert draw((TOOLS, tools), (SKILLS, skills)).title == title


def test_with_too_few_pairs_everything_stays_closed():
    picture = draw((TOOLS, our.FEW_PAIRS))

    assert [trace["name"] for trace in every_trace(picture)] == ["closed", "closed"]
    assert texts(picture)[1:] == ["now", "kept closed", "hoped for", "kept closed"]
    assert [list(row.values())[2:] for row in picture.table] == [
        ["now", *["closed"] * 4],
        ["hoped for", *["closed"] * 4],
    ]
    assert picture.note == ""


def test_the_note_says_how_many_answered_both_times():
    assert draw().note == "10 of us answered both times"
    assert draw((TOOLS, moved(3, 4, 1)), (SKILLS, moved(1, 4, 0))).note == "5 to 8 of us answered both times"


def test_themes_stand_one_beneath_the_other():
    picture = draw((TOOLS, moved(3, 4, 1)), (SKILLS, moved(1, 4, 0)))

    assert [row["Theme"] for row in picture.table] == ["Tools", "Tools", "Skills", "Skills"]
    assert [int(trace["text"][0].split()[0]) for trace in traces(picture)] == [1, 4, 3, 4, 1]
    assert layout(picture)["xaxis"]["range"] == [0, 8]
    assert len(named(picture, "closed")) == 2


def test_nothing_to_compare_is_said_so():
    picture = shifts(our.ORDERED, ())

    assert (picture.title, picture.table) == ("Who moved stays closed this time.", ())
    assert picture.reading == "There is nothing to compare yet."


def test_levels_without_order_are_refused():
    with pytest.raises(ValueError, match="have no order"):
        shifts(our.UNORDERED, ())
