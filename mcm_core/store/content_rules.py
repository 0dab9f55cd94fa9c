"""What must be true across an instrument file."""

from __future__ import annotations

from collections.abc import Iterator

from mcm_core.domain.round import ANONYMOUS_LEVELS
from mcm_core.store.content_check import Where
from mcm_core.store.content_format import InstrumentEntry, texts

CHOICES = {"lenses": 200, "perspectives": 200, "constellations": 60, "parties": 60, "purposes": 200}
"""Lists that people choose from, and how many characters each choice may have."""


def mistakes(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    """Each mistake that only shows when several entries are compared, with the path to its line."""
    yield from _in_levels(entry)
    yield from _in_themes(entry)
    yield from _in_choices(entry)
    yield from _in_what_is_anonymous(entry)
    if entry.questions.desired and not entry.ordered:
        yield (
            ("questions", "desired"),
            "“desired” cannot be asked where “ordered” is false: no level is further along than another.",
        )
    if entry.looking_back and not entry.ordered:
        yield (
            ("looking_back",),
            "“looking_back” needs “ordered: true”: else no level is further along.",
        )
    for name in ("parties", "constellations"):
        if entry.focus and not getattr(entry, name):
            yield ("focus",), f"“focus” is true, so the file needs “{name}” to choose the relationship from."


def _in_levels(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    codes = list(entry.levels)
    if len(codes) < 2:
        yield ("levels",), "“levels” needs at least two levels, 1 and 2."
    for expected, code in enumerate(codes, start=1):
        if code != str(expected):
            yield ("levels", code), f"Level {code} stands where level {expected} belongs. Count 1, 2, 3 without gaps."
            break
    labels: set[str] = set()
    for code, level in entry.levels.items():
        words = level.label.text().words
        if words in labels:
            yield ("levels", code), f"“{words}” is the label of two levels."
        labels.add(words)


def _in_themes(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    for key, theme in entry.themes.items():
        for code in entry.levels if theme.anchors else ():
            if code not in theme.anchors:
                yield ("themes", key, "anchors"), f"“anchors” of “{key}” has no sentence for level {code}."
        for code in theme.anchors:
            if code not in entry.levels:
                yield ("themes", key, "anchors", code), f"There is no level {code}, so it cannot have an anchor."
    core = [key for key, theme in entry.themes.items() if theme.core]
    for key in core[1:]:
        yield ("themes", key, "core"), f"Only one theme can be the core; “{core[0]}” is it already."


def _in_what_is_anonymous(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    """What only an anonymous question may have: nobody draws it for others. Fewer answers could be told from words."""
    own = {"between", "non_answers", "texts"} & entry.model_fields_set
    for name in own if not entry.anonymous else ():
        yield (name,), f"“{name}” can stand only where “anonymous” is true."
    if entry.anonymous and len(entry.levels) < ANONYMOUS_LEVELS:
        yield ("levels",), f"“anonymous” is true, so there must be at least {ANONYMOUS_LEVELS} levels."
    for key, theme in entry.themes.items():
        if theme.labels is None:
            continue
        if not entry.anonymous:
            yield ("themes", key, "labels"), "“labels” can stand only where “anonymous” is true."
        if list(theme.labels) != list(entry.levels):
            yield ("themes", key, "labels"), f"“labels” of “{key}” needs the same levels as “levels”, in their order."


def _in_choices(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    for name, longest in CHOICES.items():
        words = [text.words for text in texts(getattr(entry, name))]
        for word in words:
            if len(word) > longest:
                yield (name,), f"“{name}” holds “{word[:30]}…”, which is longer than {longest} characters."
        for word in sorted({word for word in words if words.count(word) > 1}):
            yield (name,), f"“{name}” holds “{word}” twice."
