"""The picture of a reveal before its page: for a phone that waits while a vote is closed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round
from mcm_core.ui.component import ASSETS, component
from mcm_core.ui.pieces import key_of
from mcm_core.web import revealed

#: What Streamlit's page draws charts with: 4.7 MB, which a phone should have before the moment in which all want it.
DRAWS = [f"/static/js/{file.name}" for file in Path(st.__file__).parent.glob("static/static/js/PlotlyChart.*.js")]
_early = component(
    ASSETS / "early.js",
    html='<div class="early"></div>',
    isolate_styles=False,  # it looks like the page that follows it
)


def early_picture(round_: Round) -> None:
    """A place for the picture of a closed round. What stands above in a container called `closed` makes way for it.

    Nothing for an anonymous round: its page has no charts and comes at once.
    """
    if round_.card.mode is Mode.ANONYMOUS:
        return
    address = f"{revealed.ADDRESS}?{urlencode({'round': round_.id})}"
    _early(key=key_of("early", round_.id), data={"address": address, "draws": DRAWS})
