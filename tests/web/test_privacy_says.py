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
    "a note can be paused": r"can pause a note that your group reads\. Then only you and the facilitators can read it",
    "what is said afterwards": r"a vote that you missed or tapped wrong\. Only you see it",
    "who came is noted": r"Which meetings you came to\. Your phone tells us that you are there",
    "and you would be told": r"You would be told at once\. The page “Today” says that another phone came in as you",
    "nobody else sees which relationship": r"Only you see which one it is",
    "the facilitator reads the list": r"Your facilitator can read the list of what was done",
    "a topic has a name by choice": r"topics that you write\. Your name stands with one only if you say so",
    "an offer shows a name": r"can offer or would like shows with your name, until you take it back",
    "nobody reads the form's words": r"Nobody else reads your words there\. You can share each of them with your facil",
    "the form is kept": r"what you write in the form after the last meeting, if you do",
    "the phone keeps how pages look": r"Your phone also keeps whether each page you opened was light or dark",
    "the phone keeps what is half-typed": r"your phone keeps what you have typed",
    "an address is kept": r"Your e-mail address, if your facilitator wrote one down",
    "messages are kept": r"The messages that we wrote to you, until a month after they were sent",
    "mail companies carry messages": r"Mail companies carry e-mails",
    "a calendar address is a key": r"whoever has it sees when your meetings are, and nothing else",
    "nobody reads a form before it is sent": r"Nobody reads it before you send it\.",
    "what one person alone reads": r"who you should not be paired with, is read by one person only",
    "when a form goes": r"If you do not join, all of it is deleted three months after the last day to apply",
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
