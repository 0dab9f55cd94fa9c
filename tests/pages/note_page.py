"""What the tests of the notes page do and look at."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from mcm_core.domain.note import Note
from mcm_core.domain.visitor import Visitor
from mcm_core.services import notes
from mcm_core.store.engine import read, write
from tests.services.note_world import World, a_note, later


def written(world: World, by: Visitor | None = None) -> tuple[Note, ...]:
    with read() as db:
        return notes.wall(db, by or world.ada, world.cohort.id)


def stored(world: World, visitor: Visitor, body: str, **choices: Any) -> Note:
    with write() as db:
        return a_note(db, visitor, world.cohort, body, **choices)


def edited_elsewhere(world: World, note: Note, body: str) -> None:
    """What the author's other device saves meanwhile."""
    sent = {"kind": note.kind, "audience": note.audience, "attribution": note.attribution}
    with write() as db:
        notes.edit(db, world.ada, note.id, body=body, version=note.version, at=later(9), **sent)


def field(app: AppTest, kind: str, label: str) -> Any:
    """The widget of this kind with this label."""
    widgets: list[Any] = list(app.get(kind))
    (found,) = [each for each in widgets if each.label == label]
    return found


def press(app: AppTest, label: str) -> AppTest:
    app = field(app, "button", label).click().run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    """Everything on the page that is HTML: member text stands only here, escaped."""
    return "\n".join(each.proto.body for each in app.get("html"))


def cards(app: AppTest) -> list[str]:
    """The texts of the notes on the wall, top to bottom, as HTML."""
    bodies = [each.proto.body for each in app.get("html") if each.proto.body.startswith('<p class="note-body">')]
    return [body.removeprefix('<p class="note-body">').removesuffix("</p>") for body in bodies]


def write_note(app: AppTest, body: str) -> AppTest:
    field(app, "text_area", "Your note").input(body)
    return press(app, "Save this note")
