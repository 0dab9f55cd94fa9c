"""Words that are content: the help panel, the privacy page, the participation document, what differs from country to
country, and the words of passwords.

Checked when the server starts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, RootModel, model_validator

from mcm_core.domain.entry import EntryKind
from mcm_core.domain.errors import Refused
from mcm_core.domain.note import Kind as NoteKind
from mcm_core.store.content_check import FrozenEntry, checked
from mcm_core.store.content_lines import read

FOLDER = Path(__file__).resolve().parents[2] / "session_data" / "texts"
COUNTRIES = FOLDER.parent / "countries"
COUNTRY = "united_kingdom"
PASSWORDS = FOLDER.parent / "passwords.yaml"


class HelpText(FrozenEntry):
    """The general words. `contact` and `lines` are, with the country's `danger`, the template for a cohort's own."""

    contact: str
    lines: str
    unchecked: str
    worry: tuple[str, ...]
    ways: tuple[str, ...]


class Section(FrozenEntry):
    """A heading, sentences beneath it, and points that are drawn as a list."""

    heading: str
    says: tuple[str, ...]
    points: tuple[str, ...] = ()


class Authority(FrozenEntry):
    """Who hears complaints about data in this country."""

    name: str
    address: str
    phone: str


class CountryText(FrozenEntry):
    """What differs from country to country. `way_out` is where “Exit this page” leads, `holidays` its code
    (ISO 3166)."""

    danger: str
    way_out: str
    time_zone: str
    holidays: str = ""
    authority: Authority


class PrivacyText(FrozenEntry):
    """The privacy page. Placeholders stand for who runs this server, how to reach them, and who hears complaints."""

    title: str
    unnamed_operator: str
    reach: str
    reach_unnamed: str
    sections: tuple[Section, ...]

    def filled(self, sentence: str, *, operator: str, contact: str, authority: str) -> str:
        """A sentence with its placeholders filled in; operator and contact are "" where nobody has set them."""
        reach = self.reach.replace("{contact}", contact) if contact else self.reach_unnamed
        known = {"operator": operator or self.unnamed_operator, "reach": reach, "authority": authority}
        return re.sub(r"{(operator|reach|authority)}", lambda found: known[found[1]], sentence)


class EntryForm(FrozenEntry):
    """What is asked for one kind of entry: questions to write under, chips to tap, a title and a sentence above them.

    `notes` is the type of the note that a shared entry becomes; None for a kind that is never shared.
    """

    title: str
    says: str
    add: str
    questions: dict[str, str]
    notes: NoteKind | None = None
    chips_ask: str = ""
    chips: tuple[str, ...] = ()
    one: bool = False
    minutes_ask: str = ""
    energy_ask: str = ""
    energies: tuple[str, ...] = ()
    consent: str = ""
    agree: str = ""
    stop: str = ""


class BetweenText(RootModel[dict[EntryKind, EntryForm]]):
    """The forms, by kind."""

    @model_validator(mode="after")
    def has_every_kind(self) -> Self:
        if missing := set(EntryKind) - set(self.root):
            raise ValueError(f"the kinds {sorted(missing)} are missing")
        return self


def _split(text: object) -> object:
    return tuple(text.split()) if isinstance(text, str) else text


Words = Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)]


class PasswordText(FrozenEntry):
    """What others try first when they guess a password, and what we suggest, by theme."""

    famous: tuple[Words, ...]
    calendar: Words
    keys: Words
    work: Words
    suggested: dict[str, Words]


@cache
def help_() -> HelpText:
    """The words of the help panel. Raises BrokenContent."""
    return checked(read(FOLDER / "help.yaml"), HelpText)


@cache
def privacy() -> PrivacyText:
    """The words of the privacy page. Raises BrokenContent."""
    return checked(read(FOLDER / "privacy.yaml"), PrivacyText)


@cache
def between() -> Mapping[EntryKind, EntryForm]:
    """What members are asked when they write for themselves. Raises BrokenContent."""
    return checked(read(FOLDER / "between.yaml"), BetweenText).root


@cache
def passwords() -> PasswordText:
    """The words that passwords are held against and made of. Raises BrokenContent."""
    return checked(read(PASSWORDS), PasswordText)


def country() -> CountryText:
    """The words of the country in MCM_COUNTRY. Raises Refused when there is no such file, and BrokenContent."""
    wanted = os.environ.get("MCM_COUNTRY", "").strip() or COUNTRY
    known = sorted(path.stem for path in COUNTRIES.glob("*.yaml"))
    if wanted not in known:
        raise Refused(
            f"MCM_COUNTRY is “{wanted}”; known are: {', '.join(known)}. To add a country, copy the file of one in "
            "session_data/countries."
        )
    return _country(wanted)


@cache
def _country(name: str) -> CountryText:
    return checked(read(COUNTRIES / f"{name}.yaml"), CountryText)
