"""Small instruments for tests: an ordered one with Safety at its core, and one whose levels have no order."""

from __future__ import annotations

from mcm_core.domain.instrument import Instrument, Level, Text, Theme

MATURITY = ("Early stages", "Forming", "Maturing", "Embedded")
PARTICIPATION = ("Observing", "Contributing", "Collaborating", "Leading")
THEMES = ("Feelings", "Space", "Tools", "Skills", "Relationship", "Safety")
ALWAYS_SHOWN = "No level is better than another."


def text(words: str) -> Text:
    return Text(words, "ours")


def instrument(*, themes: tuple[str, ...] = THEMES, levels: tuple[str, ...] = MATURITY) -> Instrument:
    """An ordered instrument asking current and desired; the theme called Safety is its core. Keys are lower case."""
    return _instrument("maturity", themes, levels, ordered=True)


def unordered(*, themes: tuple[str, ...] = ("This week",), levels: tuple[str, ...] = PARTICIPATION) -> Instrument:
    """An instrument asking one thing, on levels of which none is superior."""
    return _instrument("participation", themes, levels, ordered=False)


def _instrument(key: str, themes: tuple[str, ...], levels: tuple[str, ...], *, ordered: bool) -> Instrument:
    return Instrument(
        key=key,
        version="test",
        title=text(key.title()),
        credit=text("Made for tests"),
        how_to=text("Choose a level."),
        ordered=ordered,
        answers=("current", "desired") if ordered else ("current",),
        focus=ordered,
        levels=tuple(Level(code, text(label)) for code, label in enumerate(levels, start=1)),
        themes=tuple(_theme(label, levels) for label in themes),
        current_question=text("Where is it now?"),
        desired_question=text("Where do you hope it is by session 6?") if ordered else None,
        always_shown=None if ordered else text(ALWAYS_SHOWN),
    )


def _theme(label: str, levels: tuple[str, ...]) -> Theme:
    return Theme(
        key=label.lower().replace(" ", "_"),
        label=text(label),
        need=text(f"To know about {label.lower()}"),
        elements=(text("one"), text("another")),
        anchors={code: text(f"{label} at {level.lower()}.") for code, level in enumerate(levels, start=1)},
        core=label == "Safety",
    )
