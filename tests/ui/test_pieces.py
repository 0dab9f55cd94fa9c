"""Words where Markdown is read: what people wrote stays what it is, and a field is named as a sentence says it."""

from __future__ import annotations

import pytest

from mcm_core.ui.pieces import named, plain


@pytest.mark.parametrize(
    "said",
    [
        "Something from the group that you thought of doing: how far is it?",
        "Session 3: lower than before. Seeing more, or harder now? Only you see this.",
        "I have asked Niamh O'Donoghue-Smith (on the phone) in person",
    ],
)
def test_a_sentence_as_the_name_of_a_field_is_read_aloud_as_it_is(said: str) -> None:
    assert named(said) == said


@pytest.mark.parametrize(
    "said",
    ["*loud*", "_loud_", "1. one", "2) two", "# large", "- item", "+ item", "[x](y)", "www.example.org",
     "a@example.org",
     ":smile:", ":red[x]", ":material/home:", "`code`", "~~gone~~", "$x$", "<b>", "a -> b", "**two words**"],
)  # fmt: skip
def test_what_markdown_would_read_is_disarmed_there_as_elsewhere(said: str) -> None:
    """Negative control: `plain` disarms it, too, so there was something to disarm."""
    assert plain(said) != said
    first, *_ = (word for word in said.split() if plain(word) != word)
    assert plain(first) in named(said)
