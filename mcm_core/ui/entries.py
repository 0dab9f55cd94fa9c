"""What I write for myself: something to try, what I learned, a diary, how I am. A fold for each, with what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from mcm_core.domain.entry import LINK, MINUTES_MAX, TEXT_MAX, Entry, EntryKind, Said, tally
from mcm_core.domain.errors import Refused
from mcm_core.domain.note import Attribution
from mcm_core.services import entries
from mcm_core.store import texts
from mcm_core.store.engine import read, write
from mcm_core.store.texts import EntryForm
from mcm_core.ui.half_typed import half_typed
from mcm_core.ui.note_form import choices
from mcm_core.ui.page import PAGES, Here, now
from mcm_core.ui.pieces import named, on_the_day, plain, showing_errors, words
from mcm_core.ui.press import button
from mcm_core.ui.visit import Draft, visit

ONE_LINE = frozenset({LINK, "what", "own"})
NOTHING = Said({})


def my_entries(here: Here) -> None:
    """The four folds. Nobody else sees any of it, and it says so first."""
    words("Nobody else can read what you write here, facilitators neither. You can share a single entry, as a note.")
    with read() as db:
        mine = entries.mine(db, here.visitor)
        wellbeing = entries.wellbeing_since(db, here.visitor)
    for kind, form in texts.between().items():
        is_asked_for = st.query_params.get("open") == kind  # a block of a run-sheet leads here
        with st.expander(plain(form.title), key=f"entries.{kind}", expanded=is_asked_for):
            words(form.says)
            if kind is EntryKind.WELLBEING and not wellbeing:
                words(form.consent)
                button(form.agree, lambda: _wellbeing(here, yes=True), key="wellbeing.yes")
                continue
            _of_kind(here, kind, form, [one for one in mine if one.kind is kind])
            if kind is EntryKind.WELLBEING:
                _stop(here, form)


def _of_kind(here: Here, kind: EntryKind, form: EntryForm, written: Sequence[Entry]) -> None:
    if kind is EntryKind.LEARNING and written:
        words(tally(sum(one.said.minutes or 0 for one in written)), kind="how-to")
    _new(here, kind, form)
    if kind is EntryKind.WELLBEING:
        words("If today is hard, “Help and support” at the top of every page says whom you can talk to.", kind="how-to")
    for one in written:
        with st.container(border=True, key=f"entry-{one.id}"):
            _card(here, one, form, visit().drafts.setdefault(f"entry.{one.id}", Draft()))


@st.fragment
def _new(here: Here, kind: EntryKind, form: EntryForm) -> None:
    """The form for a new entry. What is typed outlives a refusal; only a saved entry empties it."""
    key = f"entry.{kind}.{here.cohort.id}"
    draft = visit().drafts.setdefault(key, Draft())
    with half_typed(here, key, stored=[""] * len(form.questions), generation=draft.generation):
        said = _fields(form, NOTHING, key=f"{key}.{draft.generation}")
    st.button(plain(form.add), on_click=draft.press, key=f"{key}.{draft.generation}.save")
    if draft.pressed:
        draft.pressed = False
        with showing_errors():
            with write() as db:
                entries.add(db, here.visitor, kind, said, at=now())
            draft.generation += 1
            st.rerun()


def _fields(form: EntryForm, start: Said, *, key: str) -> Said:
    """Ask for everything that the form asks for."""
    ticks = _chips(form, start.ticks, key=f"{key}.chips") if form.chips else ()
    energy = minutes = None
    if form.energies:
        steps = range(1, len(form.energies) + 1)
        called = dict(zip(steps, map(plain, form.energies), strict=True))
        energy = st.pills(
            named(form.energy_ask), steps, default=start.energy, format_func=called.__getitem__, key=f"{key}.energy"
        )
    texts_ = {name: _box(name, asks, start.texts.get(name, ""), key=key) for name, asks in form.questions.items()}
    if form.minutes_ask:
        asked = named(form.minutes_ask)
        minutes = st.number_input(asked, 0, MINUTES_MAX, start.minutes or 0, step=5, key=f"{key}.minutes")
    return Said(texts_, ticks, minutes, energy)


def _chips(form: EntryForm, start: Sequence[str], *, key: str) -> tuple[str, ...]:
    """Words to tap: one of them, or any number."""
    label, offered = named(form.chips_ask), list(form.chips)
    if form.one:
        one = st.pills(label, offered, default=start[0] if start else None, format_func=plain, key=key)
        return (one,) if one else ()
    return tuple(st.pills(label, offered, default=list(start), selection_mode="multi", format_func=plain, key=key))


def _box(name: str, asks: str, start: str, *, key: str) -> str:
    key = f"{key}.{name}"
    if name in ONE_LINE:
        return st.text_input(named(asks), start, max_chars=TEXT_MAX, key=key, persist_state="session") or ""
    return st.text_area(named(asks), start, height="content", key=key, persist_state="session") or ""


def _card(here: Here, one: Entry, form: EntryForm, draft: Draft) -> None:
    """An entry as its author wrote it, with the ways to change, delete and share it."""
    small = [*one.said.ticks]
    small += [f"energy: {form.energies[one.said.energy - 1]}"] if one.said.energy else []
    small += [f"{one.said.minutes} minutes"] if one.said.minutes else []
    words(" · ".join([on_the_day(one.written_at), *small]), kind="fact")
    for name, asks in form.questions.items():
        if text := one.said.texts.get(name):
            if len(form.questions) > 1:
                words(asks, kind="fact")
            link(text) if name == LINK else words(text, kind="note-body")
    if one.is_note:
        words("You have shared this, as a note.", kind="how-to")
        to_notes()
    # Folds, no popovers: on a phone a popover of a form hides its first line, and what is to choose.
    with st.expander("Change", key=f"entry.{one.id}.fold.change"):
        _change(here, one, form, draft)
    if form.notes and not one.is_note:
        with st.expander("Share", key=f"entry.{one.id}.fold.share"):
            _share(here, one, form, draft)
    with st.popover("Delete"):
        words("It cannot be brought back." + (" The note stays." if one.is_note else ""))
        button("Delete it for good", lambda: _remove(here, one.id, draft), key=f"entry.{one.id}.delete")


def to_notes() -> None:
    """The way to a note that was an entry or a line."""
    st.page_link(PAGES / "notes.py", label="Change or delete the note", icon=":material/sticky_note_2:")


def link(address: str) -> None:
    """An address as text to follow: no preview, and the page there is not told where the visitor came from."""
    safe = escape(address)
    there = f'href="{safe}" target="_blank" rel="noopener noreferrer nofollow"'
    st.html(f'<p class="note-body"><a class="goes" {there}>{safe}</a></p>')


@st.fragment
def _change(here: Here, one: Entry, form: EntryForm, draft: Draft) -> None:
    key = f"entry.{one.id}.{one.changed_at.isoformat()}"
    stored = [one.said.texts.get(name, "") for name in form.questions]
    with half_typed(here, f"entry.{one.id}", stored=stored, generation=draft.generation):
        said = _fields(form, one.said, key=key)
    if st.button("Save the change", key=f"{key}.save", type="primary"):
        with showing_errors():
            with write() as db:
                entries.change(db, here.visitor, one.id, said, at=now())
            draft.generation += 1
            st.rerun()


@st.fragment
def _share(here: Here, one: Entry, form: EntryForm, draft: Draft) -> None:
    """The words as others will read them, who they are, and under which name."""
    key = f"entry.{one.id}.share.{one.changed_at.isoformat()}"
    words("It becomes a note, in these words. Readers may recognise you by how you write.", kind="how-to")
    stored = "\n\n".join(one.said.texts.values())
    with half_typed(here, f"entry.{one.id}.share", stored=[stored], generation=draft.generation):
        body = st.text_area("What others read", stored, height="content", key=f"{key}.body")
    chosen = choices(
        here.visitor,
        {"kind": form.notes or "", "audience": "", "attribution": Attribution.NONE},
        name=key,
    )
    refusal = st.container()  # above the button, where it is seen
    if st.button("Share it", key=f"{key}.press", type="primary"):
        with refusal, showing_errors():
            if not chosen["audience"]:
                raise Refused("Choose who can read it. Nothing is shared yet.")
            with write() as db:
                entries.share(db, here.visitor, one.id, body=body or "", at=now(), **chosen)
            draft.generation += 1
            st.rerun()


def _stop(here: Here, form: EntryForm) -> None:
    with st.popover(plain(form.stop)):
        words("All your notes on how you are will be deleted now, and cannot be brought back.")
        button(form.stop, lambda: _wellbeing(here, yes=False), key="wellbeing.no")


def _wellbeing(here: Here, *, yes: bool) -> None:
    with write() as db:
        entries.set_wellbeing(db, here.visitor, yes=yes, at=now())


def _remove(here: Here, entry_id: str, draft: Draft) -> None:
    with write() as db:
        entries.remove(db, here.visitor, entry_id)
    draft.generation += 1
