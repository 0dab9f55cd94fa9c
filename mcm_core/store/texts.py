"""Words that are content: the help panel, the privacy page, what differs from country to country, and the words of
passwords.

Checked when the server starts.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mcm_core.domain.errors import Refused
from mcm_core.store.content_lines import read

FOLDER = Path(__file__).resolve().parents[2] / "session_data" / "texts"
COUNTRIES = FOLDER.parent / "countries"
COUNTRY = "united_kingdom"
PASSWORDS = FOLDER.parent / "passwords.yaml"


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HelpText(_Text):
    """The general words. `contact` and `lines` are, with the country's `danger`, the template for a cohort's own."""

    contact: str
    lines: str
    unchecked: str
    worry: tuple[str, ...]
    ways: tuple[str, ...]


class Section(_Text):
    """A heading, sentences beneath it, and points that are drawn as a list."""

    heading: str
    says: tuple[str, ...]
    points: tuple[str, ...] = ()


class Authority(_Text):
    """Who hears complaints about data in this country."""

    name: str
    address: str
    phone: str


class CountryText(_Text):
    """What differs from country to country. `way_out` is where “Exit this page” leads."""

    danger: str
    way_out: str
    time_zone: str
    authority: Authority


class PrivacyText(_Text):
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


def _split(text: object) -> object:
    return tuple(text.split()) if isinstance(text, str) else text


Words = Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)]


class PasswordText(_Text):
    """What others try first when they guess a password, and what we suggest, by theme."""

    famous: tuple[Words, ...]
    calendar: Words
    keys: Words
    work: Words
    suggested: dict[str, Words]


Kind = TypeVar("Kind", bound=_Text)


@cache
def help_() -> HelpText:
    """The words of the help panel. Raises BrokenContent."""
    return _load(HelpText, FOLDER / "help.yaml")


@cache
def privacy() -> PrivacyText:
    """The words of the privacy page. Raises BrokenContent."""
    return _load(PrivacyText, FOLDER / "privacy.yaml")


@cache
def passwords() -> PasswordText:
    """The words that passwords are held against and made of. Raises BrokenContent."""
    return _load(PasswordText, PASSWORDS)


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
    return _load(CountryText, COUNTRIES / f"{name}.yaml")


def _load(kind: type[Kind], path: Path) -> Kind:
    document = read(path)
    try:
        return kind.model_validate(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        raise document.broken(first["loc"], first["msg"]) from error
