"""A content file held against the format that it should have; each mistake as a sentence with its line."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from mcm_core.store.content_format import LIST_TAGS
from mcm_core.store.content_lines import BrokenContent, Document

Model = TypeVar("Model", bound=BaseModel)
Where = tuple[int | str, ...]
"""The names and positions that lead to an entry of the file."""

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
    "literal_error": "“{name}” holds something else than {expected}.",
}
UNMARKED = '“{name}” needs a mark that says who wrote it: {{seed: "…"}} or {{ours: "…"}}.'
BAD_CODE = "“{name}” is not a level. Levels are numbered 1 to 9."
BAD_KEY = "“{name}” may hold small letters a to z, digits and _ only, and begins with a letter."


class FrozenEntry(BaseModel):
    """An entry that the app uses as it is read; names that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


def checked(document: Document, model: type[Model]) -> Model:
    """The document as this model. Raises BrokenContent with the topmost mistake."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise topmost(document, [(each["loc"], sentence(each)) for each in error.errors()]) from error


def topmost(document: Document, wrong: list[tuple[Where, str]]) -> BrokenContent:
    """The error to raise for the mistake that comes first in the file."""
    return document.broken(*min(wrong, key=lambda mistake: document.line(mistake[0])))
