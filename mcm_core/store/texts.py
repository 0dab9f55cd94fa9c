"""Words for people that are content: the help panel and the privacy page. Checked when the server starts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from mcm_core.store.content_lines import read

FOLDER = Path(__file__).resolve().parents[2] / "session_data" / "texts"


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HelpText(_Text):
    """The general words. `danger`, `contact` and `lines` are the template for a cohort's own."""

    danger: str
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


class PrivacyText(_Text):
    """The privacy page. `{operator}` and `{contact}` stand for who runs this server."""

    title: str
    unnamed_operator: str
    unnamed_contact: str
    sections: tuple[Section, ...]
    authority: Authority


Kind = TypeVar("Kind", bound=_Text)


@cache
def help_() -> HelpText:
    """The words of the help panel. Raises BrokenContent."""
    return _load(HelpText, "help.yaml")


@cache
def privacy() -> PrivacyText:
    """The words of the privacy page. Raises BrokenContent."""
    return _load(PrivacyText, "privacy.yaml")


def _load(kind: type[Kind], name: str) -> Kind:
    document = read(FOLDER / name)
    try:
        return kind.model_validate(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        raise document.broken(first["loc"], first["msg"]) from error
