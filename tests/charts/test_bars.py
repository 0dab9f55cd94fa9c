from dataclasses import replace

import pytest

from mcm_core.charts import palette
from mcm_core.charts.bars import bars
from mcm_core.charts.sheet import EDGE
from mcm_core.domain.talk import talk_first
from tests.builders import instrument
from tests.charts import situations as our
from tests.charts.figures import drawn_counts, every_trace, layout, named, table_counts, texts, traces

WIDTHS = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
FEW = "Fewer than 5 of us chose a level, so no picture is shown. Talk it through instead."


def draw(releases=our.FULL, of_what=our.ORDERED, **options):
    return bars(of_what, releases, of=our.OF, **options)


def one(now, hoped=(0, 0, 5, 5), **options):
    return draw((our.release(our.ORDERED, "tools", now, hoped),), **options)


@WIDTHS
def test_blocks_carry_the_counts_of_the_table(narrow):
    picture = draw(narrow=narrow)

    assert len(picture.table) == 12
    assert drawn_counts(picture) == [table_counts(our.ORDERED, row) for row in picture.table]


@WIDTHS
def test_a_row_lies_around_the_line_between_the_lower_and_the_upper_half(narrow):
    blocks = traces(one((1, 4, 3, 2), (0, 0, 4, 6), narrow=narrow))
    each = 336 if narrow else 482
    gap = 2 * 15 / each  # from 5 left of the line to 10 right of it

    assert [trace["base"][0] - gap for trace in blocks] == pytest.approx([-5, -4, 0, 3, 0, 4])
    assert [trace["x"][0] + 2 * gap for trace in blocks] == pytest.approx([1, 4, 3, 2, 4, 6])
    assert layout(one((1, 4, 3, 2), (0, 0, 4, 6)))["xaxis"]["range"] == [-5, 10]


def test_the_middle_one_of_three_levels_lies_across_the_line():
    of_three = instrument(themes=("Tools",), levels=("Low", "Between", "High"))
    blocks = traces(draw((our.release(of_three, "tools", (2, 4, 1), (0, 2, 5)),), of_three))

    assert [round(trace["base"][0] * 2) / 2 for trace in blocks] == [-4, -2, 2, -1, 1]


def test_the_line_stands_at_nought_and_runs_from_the_first_row_to_the_last():
    picture = draw()
    upright = [shape for shape in layout(picture)["shapes"] if shape["type"] == "line"]
    rows = [(trace["y"][0] - trace["width"][0] / 2, trace["y"][0] + trace["width"][0] / 2) for trace in traces(picture)]

    assert [(line["x0"], line["x1"]) for line in upright] == [(0, 0)]
    assert (upright[0]["y0"], upright[0]["y1"]) == (min(top for top, _ in rows), max(end for _, end in rows))


def test_safety_comes_first_and_the_others_in_the_order_of_the_instrument():
    picture = draw(reversed(our.FULL))

    assert [row["Theme"] for row in picture.table[::2]] == [
        "Safety", "Feelings", "Space", "Tools", "Skills", "Relationship",
    ]  # fmt: skip


def test_now_is_filled_and_hoped_for_is_outlined_in_the_same_hue():
    picture = one((2, 2, 2, 2), (2, 2, 2, 2))
    ramp, lines, paper = palette.ramp(4, False), palette.outlines(4, False), palette.tokens(False)["paper"]
    now, hoped = traces(picture)[:4], traces(picture)[4:]

    assert [trace["name"] for trace in now] == [
        "now: Early stages", "now: Forming", "now: Maturing", "now: Embedded",
    ]  # fmt: skip
    assert tuple(trace["marker"]["color"] for trace in now) == ramp
    assert {trace["marker"]["color"] for trace in hoped} == {paper}
    assert tuple(trace["marker"]["line"]["color"] for trace in hoped) == lines


def test_a_level_that_nobody_chose_has_no_block():
    assert [trace["name"] for trace in traces(one((0, 6, 0, 0), (0, 0, 0, 6)))] == [
        "now: Forming",
        "hoped for: Embedded",
    ]


@WIDTHS
def test_the_key_names_every_level_on_its_colour(narrow):
    picture = draw(narrow=narrow)
    chips = [shape["fillcolor"] for shape in layout(picture)["shapes"] if shape["type"] == "rect"]

    assert texts(picture)[:4] == ["Early stages", "Forming", "Maturing", "Embedded"]
    assert tuple(chips) == palette.ramp(4, False)


def test_a_block_names_its_level_where_there_is_room():
    picture = one((0, 9, 1, 0), (0, 0, 1, 9))

    assert [trace["text"][0] for trace in traces(picture)] == ["9 Forming", "1", "1", "9 Embedded"]


@pytest.mark.parametrize(
    ("now", "title"),
    [
        ((0, 10, 0, 0), "On Tools we mostly agree."),
        ((1, 4, 4, 1), "On Tools our answers are mixed."),
        ((3, 3, 3, 3), "On Tools our answers are spread."),
        ((5, 0, 0, 5), "On Tools we are in two camps."),
    ],
)
def test_one_theme_says_how_far_we_agree(now, title):
    picture = one(now)

    assert picture.title == title
    assert picture.reading == f"About where it is now: {title[0].lower()}{title[1:]}"


def test_a_poll_hopes_for_nothing_and_so_speaks_of_no_now():
    poll = replace(our.ORDERED, answers=("current",), desired_question=None)
    picture = draw([our.release(poll, theme, (0, 0, 1, 9)) for theme in ("tools", "skills")], poll)

    assert picture.reading == "On Tools and Skills we mostly agree."
    assert {row["Question"] for row in picture.table} == {"answers"}
    assert "now" not in texts(picture)
    assert picture.what
    assert "hope" not in picture.what
    first = talk_first(poll, [our.release(poll, "tools", (0, 0, 1, 9))])
    assert first
    assert first.sentence == "Talk about Tools first: we mostly agree."


def test_several_themes_say_on_which_we_agree_most_and_least():
    assert draw().title == "We agree most on Tools and least on Space."


def test_several_themes_that_are_alike_are_said_to_be():
    both = (our.release(our.ORDERED, "tools", (0, 9, 0, 0)), our.release(our.ORDERED, "skills", (0, 0, 8, 1)))

    assert draw(both).title == "On all of these themes we mostly agree."


def test_the_reading_says_of_all_alike_themes_at_once_how_far_we_agree():
    counts = {"tools": (0, 9, 0, 0), "skills": (1, 4, 4, 1), "space": (0, 0, 9, 0), "safety": (1, 4, 4, 1)}
    releases = [our.release(our.ORDERED, theme, now) for theme, now in counts.items()]

    assert draw(releases).reading == (
        "About where it is now: on Safety and Skills our answers are mixed; on Space and Tools we mostly agree."
    )


def test_the_note_says_how_many_of_how_many_answered():
    assert one((1, 4, 4, 1)).note == "10 of 12 members answered"
    assert draw().note == "9 to 12 of 12 members answered"


def test_those_who_chose_no_level_are_in_the_table_and_in_no_block():
    picture = draw(our.NON_ANSWERS)
    now = picture.table[0]

    assert (now["Not sure"], now["Doesn't apply"], now["Rather not say"]) == (2, 1, 1)
    assert drawn_counts(picture)[0] == {"Forming": 3, "Maturing": 2, "Embedded": 1}
    assert picture.note == "10 of 12 members answered"


@WIDTHS
def test_a_withheld_theme_is_one_hatched_row_that_says_why(narrow):
    picture = draw(our.WITHHELD, narrow=narrow)

    assert [trace["name"] for trace in every_trace(picture)] == ["closed"]
    assert texts(picture)[4:] == ["Tools", FEW]
    assert (picture.title, picture.reading) == (
        "There is no picture this time.",
        "About where it is now: Tools stays closed.",
    )
    assert [list(row.values()) for row in picture.table] == [
        ["Tools", "now", *["closed"] * 7, FEW],
        ["Tools", "hoped for", *["closed"] * 7, FEW],
    ]


def test_hopes_that_are_withheld_leave_now_open():
    picture = draw(our.NOW_ONLY)

    assert drawn_counts(picture) == [{"Forming": 3, "Maturing": 3}]
    assert len(named(picture, "closed")) == 1
    assert [row["Note"] for row in picture.table] == ["", FEW]


def test_where_hopes_alone_are_open_the_words_say_so():
    picture = draw(our.HOPES_ONLY)

    assert drawn_counts(picture) == [{"Maturing": 5, "Embedded": 2}]
    assert picture.title == "Only what we hope for is shown this time."


def test_nothing_revealed_is_said_so():
    picture = draw(())

    assert (picture.title, picture.reading) == ("There is no picture this time.", "Nothing has been revealed yet.")
    assert (picture.table, every_trace(picture)) == ((), [])


def test_of_two_votes_the_last_one_given_counts():
    again = our.release(our.ORDERED, "tools", (0, 0, 0, 6), (0, 0, 0, 6))

    assert drawn_counts(draw((*our.FULL[2:3], again))) == [{"Embedded": 6}, {"Embedded": 6}]


def test_an_instrument_that_asks_for_no_hopes_has_one_row_a_theme():
    picture = draw((our.release(our.ONE_ANSWER, "our_work", (1, 2, 3, 1, 0, 1)),), our.ONE_ANSWER)

    assert [row["Question"] for row in picture.table] == ["answers"]
    assert drawn_counts(picture) == [{"One": 1, "Two": 2, "Three": 3, "Four": 1, "Six": 1}]


def test_levels_without_order_are_refused():
    with pytest.raises(ValueError, match="have no order"):
        bars(our.UNORDERED, our.CHOICES, of=our.OF)


def test_a_phone_has_no_margin_and_is_longer_instead_of_smaller():
    wide, narrow = layout(draw()), layout(draw(narrow=True))

    assert (wide["margin"]["l"] > 200, narrow["margin"]["l"]) == (True, EDGE)
    assert narrow["height"] > wide["height"]
    assert {note["font"]["size"] >= palette.SMALL for note in narrow["annotations"]} == {True}


QUESTIONS = instrument(themes=("Is it useful?", "What we do now", "Could you help run it?"))


def test_a_theme_that_is_a_sentence_stands_in_quotation_marks_and_a_question_ends_without_a_full_stop():
    counts = {"is_it_useful?": (0, 0, 9, 0), "what_we_do_now": (0, 5, 4, 0), "could_you_help_run_it?": (5, 0, 0, 5)}
    releases = [our.release(QUESTIONS, theme, now) for theme, now in counts.items()]

    picture = draw(releases, QUESTIONS)

    assert picture.title == "We agree most on “Is it useful?” and least on “Could you help run it?”"
    assert "on “Is it useful?” and “What we do now” we mostly agree; on “Could" in picture.reading
    assert draw(releases[1:2], QUESTIONS).title == "On “What we do now” we mostly agree."


def test_on_a_phone_the_middle_line_runs_behind_the_words_and_not_through_them():
    picture = draw(narrow=True)
    sheet, paper = layout(picture), palette.tokens(False)["paper"]
    (line,) = [shape for shape in sheet["shapes"] if shape["type"] == "line"]
    crossed = [note for note in sheet["annotations"] if line["y0"] < note["y"] < line["y1"]]

    assert len(crossed) == 5 + 12  # the themes but the first, above which the line begins, and their rows
    assert {note.get("bgcolor") for note in crossed} == {paper}


FEW_EACH = [our.release(our.ORDERED, theme, (0, 3, 1, 0), (0, 0, 1, 3)) for theme in ("tools", "skills", "safety")]


@WIDTHS
def test_where_all_themes_stay_closed_the_title_says_why_and_each_theme_one_short_word(narrow):
    picture = draw(FEW_EACH, narrow=narrow)

    assert picture.title == FEW
    assert texts(picture)[4:] == ["Safety", "kept closed", "Tools", "kept closed", "Skills", "kept closed"]
    assert not [shape for shape in layout(picture)["shapes"] if shape["type"] == "line"]


@WIDTHS
def test_where_some_themes_stay_closed_the_first_of_them_says_why(narrow):
    picture = draw([*our.FULL[:1], *FEW_EACH], narrow=narrow)

    assert [text for text in texts(picture) if text in (FEW, "kept closed")] == [FEW, "kept closed", "kept closed"]
    assert picture.title == "On Feelings our answers are mixed."
