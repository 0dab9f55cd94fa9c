"""What the page /privacy must not leave out, and that deleting a sentence of it does not go unseen."""

from __future__ import annotations

import re

import pytest

from mcm_core.store import texts
from mcm_core.web import privacy
from tests.web.conftest import Browser
from tests.web.papers import words

FACTS = {
    "who looks after the computer can read it": r"looks after the computer[^.]*\. That person could read what is kept",
    "confidential answers, too": r"your confidential answers are part of it",
    "no app rules that out": r"No app can rule that out, so you may ask who it is",
    "an anonymous answer can be watched": r"looks after the computer could, in theory, watch while you answer",
    "so can a copy that is made while few have answered": r"copy its files before the vote closes\. If few of you",
    "a small group guesses": r"Somebody may guess your answer from what they know of you, in an anonymous vote too",
    "what unanimity tells": r"If everybody chooses the same, everybody knows what each of you chose",
    "a named vote shows a name": r"Your name shows with your answer only if you say yes",
    "so names are not always left out": r"Your name stands with an answer or a note only if you choose that",
    "a facilitator can use your link": r"a facilitator could open your link, or let another phone in as you",
    "and could read your answers": r"Whoever holds that phone could read your answers",
    "and you would be told": r"You would be told at once\. The page “Today” says that another phone came in as you",
    "nobody else sees which relationship": r"Only you see which one it is",
    "the facilitator reads the list": r"Your facilitator can read the list of what was done",
    "the phone keeps how pages look": r"Your phone also keeps whether each page you opened was light or dark",
    "the phone keeps what is half-typed": r"your phone keeps what you have typed",
    "an answer on its way, too": r"the same with an answer that is still on its way",
}


def missing(browser: Browser) -> set[str]:
    page = words(browser().get("/privacy").text)
    return {fact for fact, said in FACTS.items() if not re.search(said, page)}


def test_the_page_says_all_of_it(browser: Browser) -> None:
    assert missing(browser) == set()


@pytest.mark.parametrize("fact", FACTS)
def test_without_its_sentences_it_would_be_missed(browser: Browser, monkeypatch: pytest.MonkeyPatch, fact: str) -> None:
    """The negative control."""
    whole = texts.privacy()
    fewer = [
        section.model_copy(
            update={
                part: tuple(text for text in getattr(section, part) if not re.search(FACTS[fact], text))
                for part in ("says", "points")
            }
        )
        for section in whole.sections
    ]
    monkeypatch.setattr(privacy.texts, "privacy", lambda: whole.model_copy(update={"sections": tuple(fewer)}))

    assert fact in missing(browser)
