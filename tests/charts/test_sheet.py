import pytest

from mcm_core.charts.bars import bars
from mcm_core.charts.categories import categories
from mcm_core.charts.dumbbell import dumbbell
from mcm_core.charts.sheet import LINE, Sheet, theme_name
from mcm_core.charts.words import esc, listed, number, of_all
from mcm_core.domain.release import Earlier
from tests.builders import instrument
from tests.charts import situations as our
from tests.charts.figures import layout, named

WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])


def differing(of_what, theme):
    """A second vote by one more person, which stays closed for the longest of the reasons."""
    hoped = (0, 0, 3, 3) if of_what.asks_desired else ()
    before = our.people((0, 3, 3, 0), hoped)
    after = before | {"late": before["m0"]}
    first = our.revealed(of_what, theme, before)
    return our.revealed(of_what, theme, after, earlier=(Earlier(1, before, first),))


@WIDTHS
@pytest.mark.parametrize(
    "draw",
    [
        lambda narrow: bars(our.ORDERED, [differing(our.ORDERED, "tools")], of=12, narrow=narrow),
        lambda narrow: dumbbell(our.ORDERED, [differing(our.ORDERED, "tools")], narrow=narrow),
        lambda narrow: categories(our.UNORDERED, [differing(our.UNORDERED, "this_week")], of=12, narrow=narrow),
    ],
    ids=["bars", "dumbbell", "categories"],
)
def test_a_closed_row_is_high_enough_for_the_longest_reason(draw, narrow):
    picture = draw(narrow)
    (hatched,) = named(picture, "closed")
    (reason,) = (note["text"] for note in layout(picture)["annotations"] if "differs from" in note["text"])

    assert reason.count("<br>") > 1
    assert hatched["y"][0] >= LINE * (reason.count("<br>") + 1)


@WIDTHS
def test_a_closed_row_of_hopes_is_high_enough_too(narrow):
    picture = bars(our.ORDERED, our.NOW_ONLY, of=12, narrow=narrow)
    (reason,) = (note["text"] for note in layout(picture)["annotations"] if "Fewer" in note["text"])

    assert named(picture, "closed")[0]["y"][0] >= LINE * (reason.count("<br>") + 1)


def test_one_unit_downwards_is_one_pixel():
    sheet = Sheet(dark=False, narrow=False, x_range=(0, 1))
    sheet.write("a", 10)
    figure = sheet.figure(200)

    assert figure.layout.yaxis.range == (200, 0)
    assert figure.layout.height - figure.layout.margin.t - figure.layout.margin.b == 200


@pytest.mark.parametrize(
    ("raw", "drawn"),
    [
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("$x$", "&#36;x&#36;"),
        ("<a href='x'>", "&lt;a href='x'&gt;"),
        ("R&amp;D", "R&amp;amp;D"),
    ],
)
def test_words_are_drawn_as_they_stand(raw, drawn):
    assert esc(raw) == drawn
    assert theme_name(raw) == f"<b>{drawn}</b>"


def test_parts_are_listed_as_a_person_lists_them():
    assert [listed(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_small_counts_are_words():
    assert [number(count) for count in (0, 1, 10, 11)] == ["no", "one", "ten", "11"]


def test_how_many_of_how_many_is_a_range_where_pictures_differ():
    assert of_all([11], 12) == "11 of 12 members answered"
    assert of_all([11, 9, 10], 12) == "9 to 11 of 12 members answered"
    assert of_all([], 12) == "0 of 12 members answered"


def test_a_level_whose_name_takes_three_lines_stays_in_its_field():
    names = ("Not yet thinking about it", "Thinking", "Planning", "Tried something", "Part of how we work")
    of_five = instrument(themes=("Tools",), levels=names)
    picture = bars(of_five, [our.release(of_five, "tools", (1, 2, 3, 2, 1), (1, 2, 3, 2, 1))], of=12, narrow=True)
    fields = [shape for shape in layout(picture)["shapes"] if shape["type"] == "rect"]
    written = [note["text"] for note in layout(picture)["annotations"]][:5]

    assert written[0].count("<br>") == 2
    for field, text in zip(fields, written, strict=True):
        assert field["y1"] - field["y0"] >= LINE * (text.count("<br>") + 1)
    assert fields[3]["y0"] > fields[0]["y1"], "the second row begins beneath the first"
