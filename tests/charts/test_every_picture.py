"""What holds for every picture, whatever it is drawn of and however wide and bright the screen is."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcm_core.charts import palette
from mcm_core.charts.bars import bars
from mcm_core.charts.categories import categories
from mcm_core.charts.dumbbell import dumbbell
from mcm_core.charts.multiples import multiples
from mcm_core.charts.petals import petals
from mcm_core.charts.picture import Picture
from mcm_core.charts.shifts import shifts
from mcm_core.charts.slopes import slopes
from mcm_core.charts.three_marks import three_marks
from mcm_core.charts.weeks import weeks
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, Share
from tests.charts import situations as our
from tests.charts.figures import every_trace, everything, layout, read, said, strings, texts

FORBIDDEN = re.compile(
    r"%|\b(mean|averag\w*|scor(e|es|ed|ing)|improv\w*|progress\w*|poor\w*|results?|users?)\b", re.IGNORECASE
)
RANKING = re.compile(r"\b(middle|median|gap|moved|up|down|higher|lower|highest|lowest|step|steps)\b", re.IGNORECASE)
ARROWS = re.compile("[←-⇿➔-➿▲▼△▽]")
DECIMAL = re.compile(r"\d[.,]\d")
ENDED = re.compile(r"\S.*[^.?!][.?!]")
SENTENCE = re.compile(rf"(?=[A-Z]){ENDED.pattern}")


@dataclass(frozen=True)
class Case:
    """A picture of one situation. `shown` says whether anything of it was released."""

    draw: Callable[..., Picture]
    ordered: bool = True
    hostile: bool = False
    shown: bool = True


def _bars(of_what, releases):
    return lambda **options: bars(of_what, releases, of=our.OF, **options)


def _dumbbell(of_what, releases):
    return lambda **options: dumbbell(of_what, releases, **options)


def _categories(of_what, releases):
    return lambda **options: categories(of_what, releases, of=our.OF, **options)


def _petals(of_what, latest):
    return lambda dark=False, narrow=False: petals(of_what, latest, dark=dark)


def _slopes(of_what, *lines, group=None, theme=None):
    return lambda **options: slopes(of_what, theme or of_what.themes[0], lines, group=group, **options)


def _multiples(of_what, releases):
    return lambda **options: multiples(of_what, releases, **options)


def _shifts(of_what, *moved):
    return lambda **options: shifts(of_what, list(zip(of_what.themes, moved, strict=False)), **options)


def _weeks(of_what, releases):
    return lambda **options: weeks(of_what, of_what.themes[0], releases, **options)


def _three_marks(of_what, *several, of_us=False):
    rows = list(zip(of_what.themes, several, strict=False))
    return lambda **options: three_marks(of_what, rows, of_us=of_us, **options)


def _hostile(of_what):
    hoped = (0, 1, 2, 4) if of_what.asks_desired else ()
    return tuple(our.release(of_what, theme.key, (1, 2, 3, 1), hoped) for theme in of_what.themes)


HOSTILE_LATEST = {theme.key: Reading(2, 3) for theme in our.HOSTILE.themes}
HOSTILE_LINE = our.series((1, 1, 2), (2, 2, 3), (3, 3, 4), (4, 4, 4), focus="<b>f</b>")
HOSTILE_GROUP = {1: _hostile(our.HOSTILE)[0]}
CHOSEN = our.series((1, 1, None), (2, 4, None), (3, NonAnswer.PASS, None))

CASES = {
    "bars: six themes": Case(_bars(our.ORDERED, our.FULL)),
    "bars: one theme": Case(_bars(our.ORDERED, our.FULL[:1])),
    "bars: one of three withheld": Case(_bars(our.ORDERED, our.SOME_WITHHELD)),
    "bars: withheld": Case(_bars(our.ORDERED, our.WITHHELD), shown=False),
    "bars: hopes withheld": Case(_bars(our.ORDERED, our.NOW_ONLY)),
    "bars: now withheld": Case(_bars(our.ORDERED, our.HOPES_ONLY)),
    "bars: non-answers": Case(_bars(our.ORDERED, our.NON_ANSWERS)),
    "bars: nothing": Case(_bars(our.ORDERED, ()), shown=False),
    "bars: no hopes asked": Case(_bars(our.ONE_ANSWER, (our.release(our.ONE_ANSWER, "our_work", (1, 2, 3, 1, 0, 1)),))),
    "bars: hostile words": Case(_bars(our.HOSTILE, _hostile(our.HOSTILE)), hostile=True),
    "dumbbell: six themes": Case(_dumbbell(our.ORDERED, our.FULL)),
    "dumbbell: one theme": Case(_dumbbell(our.ORDERED, our.FULL[2:3])),
    "dumbbell: a wide middle": Case(_dumbbell(our.ORDERED, our.FULL[1:2])),
    "dumbbell: one of three withheld": Case(_dumbbell(our.ORDERED, our.SOME_WITHHELD)),
    "dumbbell: withheld": Case(_dumbbell(our.ORDERED, our.WITHHELD), shown=False),
    "dumbbell: hopes withheld": Case(_dumbbell(our.ORDERED, our.NOW_ONLY)),
    "dumbbell: now withheld": Case(_dumbbell(our.ORDERED, our.HOPES_ONLY)),
    "dumbbell: non-answers": Case(_dumbbell(our.ORDERED, our.NON_ANSWERS)),
    "dumbbell: nothing": Case(_dumbbell(our.ORDERED, ()), shown=False),
    "dumbbell: hostile words": Case(_dumbbell(our.HOSTILE, _hostile(our.HOSTILE)), hostile=True),
    "categories: one question": Case(_categories(our.UNORDERED, our.CHOICES), ordered=False),
    "categories: withheld": Case(_categories(our.UNORDERED, our.CHOICES_WITHHELD), ordered=False, shown=False),
    "categories: nothing": Case(_categories(our.UNORDERED, ()), ordered=False, shown=False),
    "categories: hostile words": Case(
        _categories(our.HOSTILE_UNORDERED, _hostile(our.HOSTILE_UNORDERED)), ordered=False, hostile=True
    ),
    "petals: mixed": Case(_petals(our.ORDERED, our.LATEST)),
    "petals: nothing": Case(_petals(our.ORDERED, {})),
    "petals: ladder": Case(_petals(our.ONE_ANSWER, {"our_work": Reading(3)})),
    "petals: hostile words": Case(_petals(our.HOSTILE, HOSTILE_LATEST), hostile=True),
    "petals: hostile ladder": Case(_petals(our.HOSTILE_LADDER, HOSTILE_LATEST), hostile=True),
    "slopes: with gaps": Case(_slopes(our.ORDERED, our.LINE)),
    "slopes: two relationships": Case(_slopes(our.ORDERED, *our.TWO_LINES)),
    "slopes: with the group": Case(_slopes(our.ORDERED, our.LINE, group=our.OVER_TIME)),
    "slopes: group withheld": Case(_slopes(our.ORDERED, our.LINE, group={1: our.WITHHELD[0]})),
    "slopes: nothing": Case(_slopes(our.ORDERED)),
    "slopes: no order": Case(_slopes(our.UNORDERED, CHOSEN, group=our.CHOICES_OVER_TIME), ordered=False),
    "slopes: hostile words": Case(_slopes(our.HOSTILE, HOSTILE_LINE, group=HOSTILE_GROUP), hostile=True),
    "multiples: six sessions": Case(_multiples(our.ORDERED, our.OVER_TIME)),
    "multiples: withheld": Case(_multiples(our.ORDERED, {1: our.WITHHELD[0]}), shown=False),
    "multiples: hopes only": Case(_multiples(our.ORDERED, {1: our.HOPES_ONLY[0]})),
    "multiples: nothing": Case(_multiples(our.ORDERED, {}), shown=False),
    "multiples: no order": Case(_multiples(our.UNORDERED, our.CHOICES_OVER_TIME), ordered=False),
    "multiples: hostile words": Case(_multiples(our.HOSTILE, HOSTILE_GROUP), hostile=True),
    "weeks: numbers, words, closed and none": Case(_weeks(our.CHECK_IN, our.CHECKED_IN)),
    "weeks: of few": Case(_weeks(our.CHECK_IN, {1: our.CHECKED_IN[2]})),
    "weeks: withheld": Case(_weeks(our.CHECK_IN, {1: our.CHECKED_IN[4]}), shown=False),
    "weeks: nothing": Case(_weeks(our.CHECK_IN, {}), shown=False),
    "weeks: no order": Case(_weeks(our.PULSE, our.CHECKED_IN), ordered=False),
    "weeks: hostile words": Case(_weeks(our.HOSTILE, our.CHECKED_IN), hostile=True),
    "three marks: one's own": Case(_three_marks(our.ORDERED, our.MARKS)),
    "three marks: ours": Case(_three_marks(our.ORDERED, our.OUR_MARKS, our.OUR_MARKS_SAME, of_us=True)),
    "three marks: closed": Case(_three_marks(our.ORDERED, our.OUR_MARKS_CLOSED, of_us=True)),
    "three marks: nothing": Case(_three_marks(our.ORDERED), shown=False),
    "three marks: hostile words": Case(_three_marks(our.HOSTILE, *[our.HOSTILE_MARKS] * 4), hostile=True),
    "bars: looking back": Case(_bars(our.LOOKING_BACK, (our.release(our.LOOKING_BACK, "tools", (1, 4, 2, 0)),))),
    "shifts: one theme": Case(_shifts(our.ORDERED, our.MOVED)),
    "shifts: several themes": Case(_shifts(our.ORDERED, our.MOVED, our.NOBODY_MOVED, our.FEW_PAIRS)),
    "shifts: too few pairs": Case(_shifts(our.ORDERED, our.FEW_PAIRS), shown=False),
    "shifts: nothing": Case(_shifts(our.ORDERED), shown=False),
    "shifts: hostile words": Case(_shifts(our.HOSTILE, our.MOVED, our.MOVED, our.MOVED), hostile=True),
}


@cache
def drawn(name: str, narrow: bool, dark: bool) -> Picture:
    return CASES[name].draw(narrow=narrow, dark=dark)


def forms(name: str) -> list[Picture]:
    """The picture for phone and projector, light and dark."""
    return [drawn(name, narrow, dark) for narrow in (False, True) for dark in (False, True)]


def having(*, but: str = "", **wanted: bool) -> pytest.MarkDecorator:
    """Run for every case that has these properties."""
    names = [name for name, case in CASES.items() if all(getattr(case, key) == value for key, value in wanted.items())]
    return pytest.mark.parametrize("name", names)


@having()
def test_the_title_is_a_sentence(name):
    assert SENTENCE.fullmatch(drawn(name, False, False).title)


@having()
def test_the_reading_and_the_explanation_are_sentences(name):
    picture = drawn(name, False, False)

    assert ENDED.fullmatch(picture.reading)
    assert ENDED.fullmatch(picture.what)


@having(shown=True)
def test_whatever_is_shown_stands_in_the_table_too(name):
    table = drawn(name, False, False).table

    assert len(table) > 0
    assert {tuple(row) for row in table} == {tuple(table[0])}


@having()
def test_width_and_appearance_change_no_word_and_no_number(name):
    one, *others = forms(name)

    for other in others:
        assert (other.title, other.reading, other.table, other.note, other.what) == (
            one.title, one.reading, one.table, one.note, one.what,
        )  # fmt: skip
    assert len({json.dumps(sorted(_numbers(picture))) for picture in forms(name)}) == 1


@having()
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_dark_differs_from_light_in_colours_alone(name, narrow):
    light, dark = (re.sub("#[0-9A-F]{6}", "", everything(drawn(name, narrow, dark))) for dark in (False, True))

    assert light == dark
    assert layout(drawn(name, narrow, True))["template"]["layout"]["paper_bgcolor"] == palette.DARK["paper"]


@having()
def test_no_word_praises_or_blames_or_calculates(name):
    words = [part for picture in forms(name) for part in (*said(picture), *strings(picture))]

    assert [part for part in words if FORBIDDEN.search(part)] == []


@having()
def test_no_number_has_a_decimal_point(name):
    assert [words for picture in forms(name) for words in said(picture) if DECIMAL.search(words)] == []


@having()
def test_nothing_points_with_an_arrow(name):
    for picture in forms(name):
        assert [words for words in said(picture) if ARROWS.search(words)] == []
        assert {note["showarrow"] for note in layout(picture)["annotations"]} <= {False}


@having()
def test_nothing_is_shown_on_hover_alone(name):
    for picture in forms(name):
        sheet = layout(picture)
        extra = {"hovertext", "hovertemplate", "texttemplate", "meta", "ids"}

        assert [trace for trace in every_trace(picture) if trace["hoverinfo"] != "skip" or extra & trace.keys()] == []
        assert [note for note in sheet["annotations"] if {"hovertext", "captureevents"} & note.keys()] == []
        assert (sheet["template"]["layout"]["hovermode"], sheet.get("hovermode")) == (False, None)


@having()
def test_every_printed_number_is_in_the_table(name):
    picture = drawn(name, False, False)

    assert set(_numbers(picture)) <= {cell for row in picture.table for cell in row.values()}


@having()
def test_every_word_can_be_read_on_its_ground(name):
    for dark in (False, True):
        for narrow in (False, True):
            picture = drawn(name, narrow, dark)
            grounds = _grounds(picture)

            assert len(grounds) == len(texts(picture)) + len(_printed(picture))
            assert [pair for pair in grounds if palette.contrast(*pair) < palette.TEXT_CONTRAST] == []


@having(hostile=True)
def test_hostile_words_are_drawn_as_they_stand(name):
    raw = (*our.HOSTILE_LEVELS, *our.HOSTILE_THEMES[:-1])

    for picture in forms(name):
        markup = strings(picture)
        assert [part for part in markup if any(words in part for words in raw) or "$" in part or "<a" in part] == []
        assert {tag for part in markup for tag in re.findall("<[^>]*>", part)} <= {"<b>", "</b>", "<br>"}
    shown = " ".join(read(part) for part in strings(drawn(name, False, False)))
    assert [words for words in _expected(name) if words not in shown] == []


@having(ordered=False)
def test_without_order_no_word_ranks(name):
    assert [words for picture in forms(name) for words in said(picture) if RANKING.search(words)] == []


@having(ordered=False)
def test_without_order_no_colour_is_of_the_ramp(name):
    ramp = {colour for dark in (False, True) for levels in range(2, 7) for colour in palette.ramp(levels, dark)}
    ramp.remove(palette.LIGHT["accent"])  # which all dots of one's own choices share

    assert [picture.title for picture in forms(name) if ramp & set(strings(picture))] == []


@having(ordered=False)
def test_without_order_no_line_leads_from_one_choice_to_another(name):
    modes = {trace.get("mode", "") for picture in forms(name) for trace in every_trace(picture)}

    assert modes <= {"", "markers"}


@having()
def test_no_line_crosses_an_absence_or_falls_to_nought(name):
    for picture in forms(name):
        lines = [trace for trace in every_trace(picture) if trace["type"] == "scatter" and trace.get("yaxis") == "y2"]

        assert [trace for trace in lines if trace["connectgaps"] is not False or 0 in trace["y"]] == []


# ── What is withheld ─────────────────────────────────────────────────────────────────────────────────────────────────

FOURS = list(combinations_with_replacement((1, 2, 3, 4), 4))
NONES = list(combinations_with_replacement(NonAnswer, 4))


def four(levels, others=()):
    """Four people who chose these levels, hope for the same in reverse, and others who chose none."""
    pairs = [*zip(levels, reversed(levels), strict=True), *((other, None) for other in others)]
    return {f"m{place}": Reading(*pair) for place, pair in enumerate(pairs)}


def beside(release):
    return (our.FULL[0], our.FULL[1], release)


GROUP_PICTURES = {
    "bars": lambda release: _bars(our.ORDERED, (release,))(),
    "bars beside others": lambda release: _bars(our.ORDERED, beside(release))(),
    "dumbbell": lambda release: _dumbbell(our.ORDERED, (release,))(),
    "dumbbell beside others": lambda release: _dumbbell(our.ORDERED, beside(release))(),
    "multiples": lambda release: _multiples(our.ORDERED, {1: release})(),
    "multiples beside others": lambda release: _multiples(our.ORDERED, {1: release, 2: our.FULL[2]})(),
    "slopes": lambda release: _slopes(our.ORDERED, our.LINE, group={1: release, 2: our.FULL[2]})(),
}
EVERY_GROUP_PICTURE = pytest.mark.parametrize("draw", GROUP_PICTURES.values(), ids=GROUP_PICTURES)


@EVERY_GROUP_PICTURE
def test_whatever_four_people_chose_their_picture_is_the_same_to_the_last_byte(draw):
    pictures = {everything(draw(our.revealed(our.ORDERED, "tools", four(levels)))) for levels in FOURS}

    assert len(pictures) == 1


@EVERY_GROUP_PICTURE
def test_how_people_chose_no_level_is_withheld_with_the_rest(draw):
    pictures = {everything(draw(our.revealed(our.ORDERED, "tools", four((1, 2, 3, 4), others)))) for others in NONES}

    assert len(pictures) == 1


@EVERY_GROUP_PICTURE
def test_what_a_late_answer_adds_to_a_picture_is_withheld(draw):
    before = our.people((1, 3, 2, 0), (0, 1, 2, 3))
    past = Earlier(1, before, our.revealed(our.ORDERED, "tools", before))
    late = [before | {"late": Reading(now, hoped)} for now in our.ORDERED.codes for hoped in our.ORDERED.codes]
    pictures = {everything(draw(our.revealed(our.ORDERED, "tools", after, earlier=(past,)))) for after in late}

    assert len(pictures) == 1


@pytest.mark.parametrize("beside_it", [False, True], ids=["alone", "beside another"])
def test_whatever_four_people_chose_without_order_their_picture_is_the_same(beside_it):
    other = our.release(our.TWO_QUESTIONS, "next_week", (2, 1, 2, 1))
    found = set()
    for levels in FOURS:
        answers = {f"m{place}": Reading(code) for place, code in enumerate(levels)}
        release = our.revealed(our.TWO_QUESTIONS, "this_week", answers)
        releases = (release, other) if beside_it else (release,)
        found.add(everything(_categories(our.TWO_QUESTIONS, releases)()))
        found_over_time = everything(_multiples(our.TWO_QUESTIONS, {1: release})())
        found.add(found_over_time)

    assert len(found) == 2  # one of each kind


def test_how_four_people_moved_is_withheld_when_nobody_else_was_there_both_times():
    before = our.people((2, 2, 2, 1), (0, 2, 2, 3))
    stay = dict(list(our.people((2, 2, 2, 1), (0, 2, 2, 3)).items())[4:])
    new = {f"new{who}": reading for who, reading in stay.items()}
    moves = [four(levels) | new for levels in FOURS]
    pictures = {
        everything(_shifts(our.ORDERED, our.shift_between(our.ORDERED, "feelings", before, after))()) for after in moves
    }

    assert len(pictures) == 1


def test_a_withheld_picture_holds_no_number_but_how_many_answered_and_how_many_it_takes():
    picture = _bars(our.ORDERED, our.WITHHELD)()

    assert set(re.findall(r"\d+", " ".join(said(picture)))) == {"4", "12", "5"}
    assert [trace["name"] for trace in every_trace(picture)] == ["closed"]


# ── Whatever people choose ───────────────────────────────────────────────────────────────────────────────────────────

TALLY = st.lists(st.integers(0, 4), min_size=4, max_size=4).filter(lambda counts: sum(counts) >= our.THRESHOLD)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TALLY, TALLY), min_size=1, max_size=4))
def test_whatever_people_choose_the_words_are_sentences_about_levels(votes):
    releases = [
        our.release(our.ORDERED, theme.key, *vote) for theme, vote in zip(our.ORDERED.themes, votes, strict=False)
    ]
    for draw in (_bars, _dumbbell):
        picture = draw(our.ORDERED, releases)()
        assert SENTENCE.fullmatch(picture.title)
        assert " no of " not in picture.title
        assert [part for part in said(picture) if DECIMAL.search(part) or FORBIDDEN.search(part)] == []


def _numbers(picture: Picture) -> list[int]:
    """The counts that are printed in blocks. (An anonymous picture may have words there.)"""
    counted = [text for text in _printed(picture) if read(text) not in set(Share)]
    return [int(re.match(r"\d+", text)[0]) for text in counted]


def _printed(picture: Picture) -> list[str]:
    return [text for trace in every_trace(picture) for text in trace.get("text", [])]


def _expected(name: str) -> tuple[str, ...]:
    """The hostile words that this kind of picture has to show."""
    themes, levels = our.HOSTILE_THEMES, our.HOSTILE_LEVELS
    if name == "petals: hostile ladder":
        return (*themes[:2], *levels)
    only_levels = dict.fromkeys(("slopes", "multiples", "weeks"), levels)
    return {"shifts": themes[:3], **only_levels}.get(name.split(":")[0], (*themes, *levels))


def _grounds(picture: Picture) -> list[tuple[str, str]]:
    """Every text colour with the colour that it stands on."""
    sheet = layout(picture)
    common = sheet["template"]["layout"]
    pairs = [(note["font"]["color"], _under(note, sheet)) for note in sheet["annotations"]]
    for trace in every_trace(picture):
        if "text" in trace:
            inside = (trace["insidetextfont"]["color"], trace["marker"]["color"])
            outside = (common["font"]["color"], common["paper_bgcolor"])
            pairs.append(inside if trace["textposition"] == "inside" else outside)
    return pairs


def _under(note: dict, sheet: dict) -> str:
    """The colour of the topmost shape beneath the middle of a text, or of the paper."""
    found = [note.get("bgcolor", sheet["template"]["layout"]["paper_bgcolor"])]
    for shape in sheet["shapes"]:
        if shape["type"] == "rect" and "fillcolor" in shape and "xsizemode" not in shape:
            inside = shape["x0"] <= note["x"] <= shape["x1"] and shape["y0"] <= note["y"] <= shape["y1"]
            found += [shape["fillcolor"]] * (inside and note["xref"] == "paper")
        if shape["type"] == "circle" and shape["xanchor"] == 0.5:
            found += [shape["fillcolor"]] * (shape["yanchor"] == note["y"] and note["x"] == 0.5)
    return found[-1]
