"""What one's own line says in words."""

from __future__ import annotations

import pytest

from mcm_core.domain.journey import Point, Series, my_sentence
from mcm_core.domain.reading import Reading
from tests.builders import instrument


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ((3, 2), "From session 1 to session 6 you moved down one level to Forming. Seeing more, or harder now?"),
        (
            (4, 1),
            "From session 1 to session 6 you moved down three levels to Early stages. Seeing more, or harder now?",
        ),
        ((2, 3), "From session 1 to session 6 you moved up one level to Maturing."),
        ((2, 2), "From session 1 to session 6 you stayed at Forming."),
    ],
)
def test_a_level_that_went_down_is_a_plain_fact_and_a_question(levels: tuple[int, int], said: str) -> None:
    points = tuple(Point(number, Reading(level, None)) for number, level in zip((1, 6), levels, strict=True))

    assert my_sentence(instrument(), (Series("outreach", points),)) == said
