"""The words for everybody are short and plain: the privacy page, the notice, and Help and support.

Limits: on average at most 15 words in a sentence, none over 25 (GOV.UK's content guide), and no word that somebody who
knows nothing of software would ask about. And Flesch's reading ease, 206.835 - 1.015 words a sentence - 84.6 syllables
a word (R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32(3), 1948): the whole at least 80
(where his "easy" begins), every section at least 70 (where his "fairly easy" begins). Syllables are counted by vowels,
as tools do; a package for so small a formula would bring dictionaries that want to be fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from mcm_core.store import prepare_texts, texts
from mcm_core.store.notice import notice

AVERAGE, MOST = 15, 25
WHOLE, SECTION = 80, 70
JARGON = (
    "account", "algorithm", "anonymise", "API", "archive", "authenticate", "authentication", "backup", "browser",
    "cache", "click", "client", "controller", "data subject", "database", "device", "digital", "download", "encrypt",
    "export", "hash", "identifier", "IP", "log", "metadata", "network", "persist", "personal data", "process",
    "processing", "processor", "pseudonym", "pseudonymous", "retention", "role", "server", "session", "software",
    "store", "submit", "third party", "token", "tracker", "upload", "URL", "user", "website",
)  # fmt: skip


def said() -> Iterator[str]:
    """Every text for everybody, filled in as when nobody has set anything."""
    for texts_of in sections().values():
        yield from texts_of


def sections() -> dict[str, list[str]]:
    """The same by heading."""
    privacy, help_, country = texts.privacy(), texts.help_(), texts.country()
    found = {"help": [country.danger, help_.unchecked, *help_.worry, *help_.ways], "title": [privacy.title]}
    for section in privacy.sections:
        found[section.heading] = [
            privacy.filled(text, operator="", contact="", authority=country.authority.name)
            for text in (section.heading, *section.says, *section.points)
        ]
    document = prepare_texts.participation()
    found["document"] = [document.title, document.opening]
    for section in document.sections:
        found[f"document: {section.heading}"] = [section.heading, *_filled(document, section.says + section.points)]
    plan, skills = prepare_texts.own_plan(), prepare_texts.skills()
    found["plan"] = [plan.title, plan.opening, plan.stays, plan.without_script]
    found["skills"] = [skills.opening, skills.who]
    found["notice"] = [notice().opening]
    for wording in notice().wordings:
        found["notice"] += filter(None, [wording.title, wording.after_yes, wording.after_no, wording.until_then])
    return found


def _filled(document: prepare_texts.ParticipationText, several: Iterable[str]) -> list[str]:
    """As it reads while nobody has filled in a gap, with short words for what the app fills in."""
    said = {
        **{key: gap.until_then for key, gap in document.gaps.items()},
        **dict.fromkeys(prepare_texts.OF_THE_COHORT, "May"),
    }
    return [re.sub(r"{(\w+)}", lambda found: said[found[1]], text).replace("{cohort}", "May") for text in several]


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence."""
    parts = [part.split() for part in re.split(r"[.?!]”?(?:\s+|$)", text)]
    return [words for words in parts if words]


def syllables(word: str) -> int:
    """Groups of vowels, without a silent end; at least one."""
    bare = re.sub("[^a-z]", "", word.lower())
    groups = len(re.findall("[aeiouy]+", bare))
    is_silent = re.search("[^aeiouyl]e$|[aeiouy]le$|[^aeiouytd]ed$|(?<![cs]h)(?<=[^aeiouysxzcg])es$", bare)
    return max(1, groups - bool(is_silent))


def reading_ease(several: list[str]) -> float:
    """Flesch's score of texts: 100 is very easy, 0 very hard."""
    spoken = [words for text in several for words in sentences(text)]
    words = [word for words in spoken for word in words if re.search(r"[A-Za-z]", word)]
    return 206.835 - 1.015 * len(words) / len(spoken) - 84.6 * sum(map(syllables, words)) / len(words)


def too_long(text: str) -> list[str]:
    return [" ".join(words) for words in sentences(text) if len(words) > MOST]


def jargon(text: str) -> list[str]:
    text = text.replace("wider network", "")  # people, in seed 002's own words
    return [word for word in JARGON if re.search(rf"\b{re.escape(word)}(?:s|es|d|ed)?\b", text, re.IGNORECASE)]


def test_sentences_are_short() -> None:
    lengths = [len(words) for text in said() for words in sentences(text)]

    assert len(lengths) > 60, "the pages have not been read"
    assert [long for text in said() for long in too_long(text)] == []
    assert sum(lengths) / len(lengths) <= AVERAGE


@pytest.mark.parametrize("text", sorted(set(said())))
def test_words_are_plain(text: str) -> None:
    assert jargon(text) == []


def test_it_is_easy_to_read_as_a_whole_and_in_each_section() -> None:
    assert reading_ease(list(said())) >= WHOLE
    assert {heading: reading_ease(texts_of) for heading, texts_of in sections().items() if len(texts_of) > 2 and
            reading_ease(texts_of) < SECTION} == {}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("notes", 1), ("named", 1), ("shared", 1), ("facilitator", 5), ("people", 2), ("ended", 2),
     ("deleted", 3), ("organisation", 5), ("anonymous", 4), ("phone", 1), ("choices", 2),
     ("cookies", 2), ("does", 1), ("whole", 1), ("agreed", 2)],
)  # fmt: skip
def test_syllables_are_counted_as_people_speak(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_measure_would_see_a_lawyer() -> None:
    """The negative control."""
    lawyer = (
        "The controller processes personal data of the data subject by means of session tokens stored on the server "
        "in order to authenticate users and to persist their submissions, subject to the retention schedule below."
    )

    assert too_long(lawyer)
    assert reading_ease([lawyer]) < SECTION - 30
    assert {"controller", "personal data", "server", "token"} <= set(jargon(lawyer))
