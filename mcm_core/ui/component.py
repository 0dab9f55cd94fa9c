"""Our components: each a script with a function `draw({data, parentElement, …})`, which may return what ends it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

ASSETS = Path(__file__).parent / "assets"


def component(script: Path, *, html: str = "<span></span>", isolate_styles: bool = True) -> ComponentRenderer:
    """Register the component of this script, under its name. A style sheet beside it comes along.

    `draw` is called again with new data while the component stands; of two calls that come at once, only the newer one
    (assets/latest.js).
    """
    sheet = script.with_suffix(".css")
    return st.components.v2.component(
        f"mcm_{script.stem}",
        html=html,
        js=script.read_text(encoding="utf-8") + (ASSETS / "latest.js").read_text(encoding="utf-8"),
        css=sheet.read_text(encoding="utf-8") if sheet.exists() else None,
        isolate_styles=isolate_styles,
    )
