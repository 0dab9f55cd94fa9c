"""The ballot of a round: one component whose taps are sent one by one, without running the page again.

A run of Streamlit's script costs several times what storing an answer costs, and its widgets are locked while the
connection is away. The component (assets/ballot.js) sends a tap as soon as it can, says "Saved" when the server has
said so, and keeps what it could not send. What may be stored is decided by `services.readings.cast` alone.
"""

from __future__ import annotations

from typing import Any

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.reading import NonAnswer, unfolds_desired
from mcm_core.domain.round import Round
from mcm_core.services.ballots import Ballot
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.page import Here, browsers_name
from mcm_core.ui.pieces import key_of
from mcm_core.web import voting

SAYS = {
    "saved": "Saved",
    "not_yet": "Your hope is not saved yet.",
    "waits": "Not saved yet: there is no connection just now. Your answer is kept here and goes out by itself.",
    "busy": "Not saved yet: the server cannot store anything just now. Your answer is kept here, and we go on trying.",
}
_ballot = component(ASSETS / "ballot.js", html='<div class="ballot"></div>')


def draw_ballot(here: Here, round_: Round, mine: Ballot) -> None:
    """Draw the themes of an open round with the member's answers so far."""
    data = {"who": browsers_name(here.visitor), **drawn(here.cohort, round_, mine)}
    _ballot(key=key_of("ballot", round_.id), data=data)


def drawn(cohort: Cohort, round_: Round, mine: Ballot) -> dict[str, Any]:
    """What the component shows."""
    asked, lens = round_.card.asked, round_.card.lens
    return {
        "address": voting.ADDRESS,
        "round": round_.id,
        "time_zone": cohort.time_zone,
        "says": SAYS,
        "questions": _questions(mine.instrument),
        "options": _options(mine.instrument),
        "themes": [
            {"place": f"{number} of {len(asked)}", **_theme(theme, lens), **voting.told(mine, theme.key)}
            for number, theme in enumerate(asked, start=1)
        ],
        "thanks": voting.thanks(mine),
    }


def _questions(instrument: Instrument) -> list[dict[str, str]]:
    asked = [{"name": "current", "words": str(instrument.current_question)}]
    if instrument.asks_desired and instrument.desired_question:
        asked.append({"name": "desired", "words": str(instrument.desired_question)})
    return asked


def _options(instrument: Instrument) -> list[dict[str, Any]]:
    """The levels and the three ways of not choosing one. `unfolds`: the hope is asked after this answer."""
    labels = {level.code: level.label.words for level in instrument.levels}
    labels |= {int(other): other.label for other in NonAnswer}
    return [{"code": code, "label": label, "unfolds": unfolds_desired(code)} for code, label in labels.items()]


def _theme(theme: Theme, lens: str | None) -> dict[str, Any]:
    return {
        "key": theme.key,
        "label": theme.label.words,
        "need": str(theme.need),
        "stem": theme.stem_for(lens) or "What to think of",
        "elements": [str(element) for element in theme.elements],
        "anchors": {code: str(anchor) for code, anchor in theme.anchors.items()},
        "core": theme.core,
    }
