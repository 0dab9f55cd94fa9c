"""The templates of messages, one file each in session_data/messages. Checked when the server starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from mcm_core.domain.message import PLACEHOLDERS, Template, placeholders, telling
from mcm_core.store.content_check import FrozenEntry, checked
from mcm_core.store.content_lines import Document, read

FOLDER = Path(__file__).resolve().parents[2] / "session_data" / "messages"


class _Entry(FrozenEntry):
    subject: str = Field(min_length=1, max_length=120)
    body: str = Field(min_length=1, max_length=6000)
    calendar: str = Field(default="", max_length=200)


@cache
def templates(folder: Path = FOLDER) -> Mapping[str, Template]:
    """Every template by its kind, which is the file's name. Raises BrokenContent."""
    return {path.stem: _template(read(path), path.stem) for path in sorted(folder.glob("*.yaml"))}


def _template(document: Document, kind: str) -> Template:
    entry = checked(document, _Entry)
    for name, reason in _mistakes(entry):
        raise document.broken((name,), reason)
    return Template(kind, entry.subject.strip(), entry.body.strip(), entry.calendar.strip())


def _mistakes(entry: _Entry) -> Iterator[tuple[str, str]]:
    for word in sorted(placeholders(entry.subject)):
        yield "subject", f"A subject holds no placeholder, because locked screens show it. Take {{{word}}} out."
    for word in sorted(placeholders(entry.calendar)):
        yield "calendar", f"What is said of the calendar file holds no placeholder. Take {{{word}}} out."
    for word in sorted(placeholders(entry.body) - PLACEHOLDERS.keys()):
        yield "body", f"There is no placeholder {{{word}}}. There are: {', '.join(sorted(PLACEHOLDERS))}."
    for name, text in (("subject", entry.subject), ("body", entry.body), ("calendar", entry.calendar)):
        for word in telling(text):
            yield name, f"“{word}” tells too much to whoever sees it by chance. Choose another word."
    if len(entry.subject.split("\n")) > 1:
        yield "subject", "A subject is one line."
