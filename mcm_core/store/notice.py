"""What members are asked about their data, from session_data/consent.yaml."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from mcm_core.domain.consent import Notice, Purpose, Wording
from mcm_core.domain.errors import McmError
from mcm_core.store.engine import ROOT

FILE = ROOT / "session_data" / "consent.yaml"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class BrokenNotice(McmError):
    """The file cannot be used; the server must not start."""


class _Wording(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Words
    after_yes: Words
    after_no: Words
    until_then: str = ""
    needed: bool = False
    each_round: bool = False


class _Notice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    opening: Words
    purposes: dict[Purpose, _Wording]


@cache
def notice() -> Notice:
    """The words, read once; a changed file needs a restart. Raises BrokenNotice."""
    try:
        read = _Notice.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise BrokenNotice(f"{FILE.name} cannot be used: {error}") from error
    if missing := set(Purpose) - set(read.purposes):
        raise BrokenNotice(f"{FILE.name} says nothing about: {', '.join(sorted(missing))}.")
    wordings = tuple(Wording(purpose=key, **words.model_dump()) for key, words in read.purposes.items())
    return Notice(read.version, read.opening, wordings)
