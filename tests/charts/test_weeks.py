"""One anonymous question over six sessions: numbers where they may be shown, else words; few and all alike are said."""

from __future__ import annotations

from mcm_core.charts.weeks import NOT_ALL, weeks
from tests.charts import situations as our


def test_six_in_a_row_numbers_words_closed_and_none() -> None:
    picture = weeks(our.CHECK_IN, our.CHECK_IN.themes[0], our.CHECKED_IN)

    cells = [list(row.values())[1:5] for row in picture.table]
    assert cells == [
        [1, 3, 5, 2],
        ["few or none", "some", "some", "few or none"],
        ["few or none", "few or none", "few or none", "all or nearly all"],
        ["closed"] * 4,
        ["–"] * 4,
        ["few or none", "few or none", "most", "few or none"],
    ]
    assert picture.title == "Session 6: We are leaning towards Maturing."


def test_the_title_says_all_or_nearly_all_and_never_all() -> None:
    picture = weeks(our.CHECK_IN, our.CHECK_IN.themes[0], {3: our.CHECKED_IN[3], 4: our.anonymous(0, 0, 0, 12)})

    assert "Session 3, 12 of 12 members answered: All or nearly all of us chose Embedded." in picture.reading
    assert "Session 4, 12 of 12 members answered: All or nearly all of us chose Embedded." in picture.reading


def test_where_most_of_the_answers_would_be_named_it_says_that_they_are_spread() -> None:
    three, four = our.anonymous(2, 3, 3, 1), our.anonymous(2, 2, 2, 2)
    picture = weeks(our.CHECK_IN, our.CHECK_IN.themes[0], {1: three, 2: four})

    assert list(picture.table[0].values())[1:5] == ["some", "some", "some", "few or none"]
    assert picture.title == "Session 2: Our answers are spread."
    assert "Session 1, 9 of 12 members answered: Our answers are spread." in picture.reading
    assert "leaning" not in picture.reading


def test_where_most_did_not_answer_the_reading_says_so() -> None:
    few = weeks(our.CHECK_IN, our.CHECK_IN.themes[0], {2: our.CHECKED_IN[2]})
    half = weeks(our.CHECK_IN, our.CHECK_IN.themes[0], {2: our.anonymous(0, 2, 2, 2)})

    assert few.reading == f"Session 2, 5 of 12 members answered: We are leaning towards Forming and Maturing. {NOT_ALL}"
    assert NOT_ALL not in half.reading


def test_words_are_drawn_equally_wide_so_that_no_width_tells_a_number() -> None:
    picture = weeks(our.CHECK_IN, our.CHECK_IN.themes[0], {2: our.CHECKED_IN[2]})

    assert len({bar.x[0] for bar in picture.figure.data}) == 1


def test_a_theme_may_have_answers_of_its_own() -> None:
    picture = weeks(our.PULSE, our.PULSE.themes[0], {1: our.CHECKED_IN[1]})

    assert list(picture.table[0])[1:5] == ["Slow", "Right", "Fast", "Both"]
