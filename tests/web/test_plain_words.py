"""The words for everybody are short and plain: the privacy page, and Help and support.

Limits: on average at most 15 words in a sentence, none over 25 (GOV.UK's content guide), and no word that somebody who
knows nothing of software would ask about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mcm_core.store import texts

AVERAGE, MOST = 15, 25
JARGON = (
    "account", "algorithm", "anonymise", "API", "archive", "authenticate", "authentication", "backup", "browser",
    "cache", "click", "client", "controller", "data subject", "database", "device", "digital", "download", "encrypt",
    "export", "hash", "identifier", "IP", "log", "metadata", "network", "persist", "personal data", "process",
    "processing", "processor", "pseudonym", "pseudonymous", "retention", "role", "server", "session", "software",
    "store", "submit", "third party", "token", "tracker", "upload", "URL", "user", "website",
)  # fmt: skip


def said() -> Iterator[str]:
    """Every text of the two, filled in as when nobody has set anything."""
    privacy, help_ = texts.privacy(), texts.help_()
    for section in privacy.sections:
        for text in (section.heading, *section.says, *section.points):
            yield text.format(operator=privacy.unnamed_operator, contact=privacy.unnamed_contact)
    yield from (privacy.title, help_.danger, help_.unchecked, *help_.worry, *help_.ways)


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence."""
    parts = [part.split() for part in re.split(r"[.?!]”?(?:\s+|$)", text)]
    return [words for words in parts if words]


def too_long(text: str) -> list[str]:
    return [" ".join(words) for words in sentences(text) if len(words) > MOST]


def jargon(text: str) -> list[str]:
    return [word for word in JARGON if re.search(rf"\b{re.escape(word)}(?:s|es|d|ed)?\b", text, re.IGNORECASE)]


def test_sentences_are_short() -> None:
    lengths = [len(words) for text in said() for words in sentences(text)]

    assert len(lengths) > 60, "the pages have not been read"
    assert [long for text in said() for long in too_long(text)] == []
    assert sum(lengths) / len(lengths) <= AVERAGE


@pytest.mark.parametrize("text", sorted(set(said())))
def test_words_are_plain(text: str) -> None:
    assert jargon(text) == []


def test_the_measure_would_see_a_lawyer() -> None:
    """The negative control."""
    lawyer = (
        "The controller processes personal data of the data subject by means of session tokens stored on the server "
        "in order to authenticate users and to persist their submissions, subject to the retention schedule below."
    )

    assert too_long(lawyer)
    assert {"controller", "personal data", "server", "token"} <= set(jargon(lawyer))
