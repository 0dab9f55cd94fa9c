"""What must be true across an instrument file, and the sentence for each mistake."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import ErrorDetails

from mcm_core.store.content_format import LIST_TAGS, InstrumentEntry, texts

Where = tuple[int | str, ...]
"""The names and positions that lead to an entry of the file."""

CHOICES = {"lenses": 200, "perspectives": 200, "constellations": 60, "parties": 60, "purposes": 200}
"""Lists that people choose from, and how many characters each choice may have."""

SENTENCES = {
    "missing": "“{name}” is missing.",
    "extra_forbidden": "“{name}” is not a name that can stand here. Check its spelling and its indent.",
    "string_too_short": "“{name}” has no words.",
    "string_too_long": "“{name}” is longer than {max_length} characters.",
    "too_short": "“{name}” needs at least one entry.",
    "bool_parsing": "“{name}” is either true or false.",
    "bool_type": "“{name}” is either true or false.",
    "string_type": "“{name}” is one text, not a list.",
    "list_type": "“{name}” needs a list, such as [one, two].",
    "dict_type": "“{name}” needs entries below it, each with its name and a colon.",
    "model_type": "“{name}” needs entries below it, each with its name and a colon.",
    "value_error": "“{name}” {error}.",
}
UNMARKED = '“{name}” needs a mark that says who wrote it: {{seed: "…"}} or {{ours: "…"}}.'
BAD_CODE = "“{name}” is not a level. Levels are numbered 1 to 9."
BAD_KEY = "“{name}” may hold small letters a to z, digits and _ only, and begins with a letter."


def sentence(error: ErrorDetails) -> str:
    """The reason behind one pydantic error, for somebody who does not program."""
    context = error.get("ctx", {})
    kind = error["type"]
    template = SENTENCES.get(kind, "“{name}” cannot be used: " + error["msg"].replace("{", "(").replace("}", ")"))
    if str(context.get("class_name", "")).startswith("Marked"):
        template = UNMARKED
    if kind == "string_pattern_mismatch":
        template = BAD_CODE if "1-9" in context["pattern"] else BAD_KEY
        return template.format(name=error["input"])
    return template.format(name=_name(error), **context)


def _name(error: ErrorDetails) -> str:
    """The last name on the way to the mistake that means something to the reader."""
    hidden = ("[key]", *LIST_TAGS) if error["type"] == "extra_forbidden" else ("[key]", *LIST_TAGS, "seed", "ours")
    names = [part for part in error["loc"] if isinstance(part, str) and part not in hidden]
    return names[-1] if names else "The file"


def mistakes(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    """Each mistake that only shows when several entries are compared, with the path to its line."""
    yield from _in_levels(entry)
    yield from _in_themes(entry)
    yield from _in_choices(entry)
    if entry.questions.desired and not entry.ordered:
        yield (
            ("questions", "desired"),
            "“desired” cannot be asked where “ordered” is false: no level is further along than another.",
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
        for code in entry.levels:
            if code not in theme.anchors:
                yield ("themes", key, "anchors"), f"“anchors” of “{key}” has no sentence for level {code}."
        for code in theme.anchors:
            if code not in entry.levels:
                yield ("themes", key, "anchors", code), f"There is no level {code}, so it cannot have an anchor."
    core = [key for key, theme in entry.themes.items() if theme.core]
    for key in core[1:]:
        yield ("themes", key, "core"), f"Only one theme can be the core; “{core[0]}” is it already."


def _in_choices(entry: InstrumentEntry) -> Iterator[tuple[Where, str]]:
    for name, longest in CHOICES.items():
        words = [text.words for text in texts(getattr(entry, name))]
        for word in words:
            if len(word) > longest:
                yield (name,), f"“{name}” holds “{word[:30]}…”, which is longer than {longest} characters."
        for word in sorted({word for word in words if words.count(word) > 1}):
            yield (name,), f"“{name}” holds “{word}” twice."
