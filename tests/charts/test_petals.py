import pytest

from mcm_core.charts import palette
from mcm_core.charts.petals import petals
from mcm_core.domain.reading import NonAnswer, Reading
from tests.builders import instrument
from tests.charts import situations as our
from tests.charts.figures import every_trace, layout, named, texts

NAMES = ("Feelings", "Space", "Tools", "Skills", "Relationship")
TWO = instrument(themes=("Tools", "Safety"))


def draw(latest=our.LATEST, of_what=our.ORDERED, **options):
    return petals(of_what, latest, **options)


def rings(picture, name):
    """From where to where each ring of a trace reaches."""
    (trace,) = named(picture, name)
    return [(base, base + r) for base, r in zip(trace["base"], trace["r"], strict=True)]


def test_a_petal_is_filled_ring_by_ring_as_far_as_now():
    picture = draw()

    assert {name: len(rings(picture, f"{name}: now")) for name in NAMES[:3]} == {"Feelings": 2, "Space": 3, "Tools": 4}
    assert rings(picture, "Feelings: now") == [(0, 1), (1, 2)]
    assert named(picture, "Feelings: now")[0]["marker"]["color"] == list(palette.ramp(4, False)[:2])


def test_a_petal_is_outlined_as_far_as_hoped_for():
    picture = draw()
    outlines = {name: named(picture, f"{name}: hoped for")[0] for name in NAMES[:4]}

    assert {name: max(trace["r"]) for name, trace in outlines.items()} == {
        "Feelings": 4, "Space": 3, "Tools": 2, "Skills": 3,
    }  # fmt: skip
    assert {name: trace["customdata"] for name, trace in outlines.items()} == {
        "Feelings": [4], "Space": [3], "Tools": [2], "Skills": [3],
    }  # fmt: skip
    assert {trace["line"]["dash"] for trace in outlines.values()} == {"solid"}


def test_the_table_says_the_levels_that_are_drawn_the_core_first():
    assert draw().table == (
        {"Theme": "Safety", "Now": "Early stages", "Hoped for": "Maturing"},
        {"Theme": "Feelings", "Now": "Forming", "Hoped for": "Embedded"},
        {"Theme": "Space", "Now": "Maturing", "Hoped for": "Maturing"},
        {"Theme": "Tools", "Now": "Embedded", "Hoped for": "Forming"},
        {"Theme": "Skills", "Now": "Not sure", "Hoped for": "Maturing"},
        {"Theme": "Relationship", "Now": "–", "Hoped for": "–"},
    )


def test_the_reading_says_every_theme():
    assert draw().reading == (
        "Safety at the centre: Early stages now, Maturing hoped for. Feelings: Forming now, Embedded hoped for. "
        "Space: Maturing now, Maturing hoped for. Tools: Embedded now, Forming hoped for. "
        "Skills: Not sure now, Maturing hoped for. Relationship: no reading yet."
    )


def test_a_theme_without_reading_is_a_dotted_petal_and_never_nought():
    picture = draw()
    of_theme = [trace for trace in every_trace(picture) if trace["name"].startswith("Relationship")]

    assert [(trace["name"], trace["line"]["dash"]) for trace in of_theme] == [("Relationship: no reading yet", "dot")]
    assert "Relationship no reading yet" in texts(picture)


@pytest.mark.parametrize("answer", NonAnswer)
def test_an_answer_that_is_no_level_fills_nothing(answer):
    picture = draw({"tools": Reading(answer, answer)})

    assert [trace["name"] for trace in every_trace(picture) if trace["name"].startswith("Tools")] == ["Tools: levels"]
    assert picture.table[3] == {"Theme": "Tools", "Now": answer.label, "Hoped for": answer.label}


def test_no_outline_leaves_its_own_petal():
    picture = draw()
    outlines = [trace for trace in every_trace(picture) if trace["type"] == "scatterpolar"]

    assert len(outlines) == 5
    assert [trace["name"] for trace in outlines if max(trace["theta"]) - min(trace["theta"]) > 360 / 5] == []
    assert len({(min(trace["theta"]) + max(trace["theta"])) / 2 for trace in outlines}) == 5


def test_petals_are_of_one_width_and_go_round_from_the_top():
    picture = draw({name.lower(): Reading(1, 2) for name in NAMES})
    filled = [named(picture, f"{name}: now")[0] for name in NAMES]
    angles = layout(picture)["polar"]["angularaxis"]

    assert [trace["theta"] for trace in filled] == [[0], [72], [144], [216], [288]]
    assert {tuple(trace["width"]) for trace in filled} == {(67,)}
    assert (angles["rotation"], angles["direction"]) == (90, "clockwise")


def test_the_core_is_a_disc_with_its_answers_in_the_middle():
    picture = draw()
    (disc,) = (shape for shape in layout(picture)["shapes"] if shape["type"] == "circle")

    assert disc["fillcolor"] == palette.tokens(False)["safety"]
    assert texts(picture)[-1] == "Safety ● Early stages ○ Maturing"
    assert [trace["name"] for trace in every_trace(picture) if "Safety" in trace["name"]] == []


def test_a_core_without_reading_is_an_empty_dotted_disc():
    picture = draw({})
    (disc,) = (shape for shape in layout(picture)["shapes"] if shape["type"] == "circle")

    assert (disc["fillcolor"], disc["line"]["dash"]) == (palette.tokens(False)["paper"], "dot")
    assert texts(picture)[-1] == "Safety no reading yet"


@pytest.mark.parametrize(
    ("gaps", "title"),
    [
        ([0, 0], "You hope to stay where you are."),
        ([1], "You hope for more in one theme."),
        ([1, 1], "You hope for more in two themes."),
        ([1, 2, 1], "You hope for more in all three themes."),
        ([1, 0], "You hope for more in one of two themes."),
        ([-1, 0, 0], "You ease back in one of three themes."),
        ([1, 1, -1], "You hope for more in two themes and ease back in one."),
    ],
)
def test_the_title_says_where_your_hope_lies(gaps, title):
    latest = {theme.key: Reading(2, 2 + gap) for theme, gap in zip(our.ORDERED.themes, gaps, strict=False)}

    assert draw(latest).title == title


@pytest.mark.parametrize(
    ("latest", "title"),
    [
        ({}, "You have not chosen a level yet."),
        ({"tools": Reading(NonAnswer.PASS)}, "You have not chosen a level yet."),
        ({"tools": Reading(2)}, "You see it at Forming now."),
        ({"tools": Reading(4), "space": Reading(2)}, "You see it from Forming to Embedded now."),
    ],
)
def test_without_hopes_the_title_says_where_you_see_it(latest, title):
    assert draw(latest).title == title


def test_the_note_counts_themes_with_a_reading():
    assert draw().note == "5 of 6 themes read"
    assert draw({}).note == "0 of 6 themes read"


def test_too_few_themes_for_petals_are_a_ladder_of_the_same_rings():
    picture = draw({"tools": Reading(2, 4), "safety": Reading(1)}, TWO)

    assert {trace["type"] for trace in every_trace(picture)} == {"bar", "scatter"}
    assert [(trace["base"], trace["x"]) for trace in named(picture, "Tools: now")] == [([0, 1], [1, 1])]
    assert [trace["x"] for trace in named(picture, "Tools: hoped for")] == [[0, 4, 4, 0, 0]]
    assert [trace["base"] for trace in named(picture, "Safety: now")] == [[0]]
    assert named(picture, "Safety: hoped for") == []


def test_a_rung_without_reading_is_a_dotted_box_and_never_nought():
    picture = draw({"safety": Reading(1)}, TWO)

    assert [trace["name"] for trace in every_trace(picture)] == ["Safety: levels", "Safety: now"]
    assert [shape["line"]["dash"] for shape in layout(picture)["shapes"] if shape.get("x1") == 4] == ["dot"]
    assert texts(picture)[-2:] == ["Tools", "no reading yet"]


@pytest.mark.parametrize("answer", NonAnswer)
def test_a_rung_with_an_answer_that_is_no_level_is_filled_nowhere(answer):
    picture = draw({"tools": Reading(answer, answer)}, TWO)

    assert [trace["name"] for trace in every_trace(picture)] == ["Tools: levels"]


def test_an_outline_of_a_ladder_stays_in_its_row():
    picture = draw({"tools": Reading(2, 4), "safety": Reading(1, 2)}, TWO)
    safety, tools = (named(picture, f"{name}: hoped for")[0]["y"] for name in ("Safety", "Tools"))

    assert max(safety) < min(tools)


def test_an_instrument_that_asks_for_no_hopes_speaks_of_none():
    picture = draw({"our_work": Reading(3)}, our.ONE_ANSWER)

    assert picture.table == ({"Theme": "Our work", "Now": "Three"},)
    assert (picture.title, picture.note) == ("You see it at Three now.", "1 of 1 theme read")
    assert [part for part in (picture.what, picture.reading, *texts(picture)) if "hope" in part] == []


def test_levels_without_order_are_refused():
    with pytest.raises(ValueError, match="have no order"):
        petals(our.UNORDERED, {})
