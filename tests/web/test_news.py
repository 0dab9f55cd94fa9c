"""News and views on paper: what the page says, for the cohort's people alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mcm_core.services import bags, news, visitors
from mcm_core.store.engine import write
from tests.services.people import NOW, signed_in
from tests.services.stories import Group, a_group, a_pulse, answer_pulse, close_pulse
from tests.web.papers import browser_of, words


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group(db, 8)


def paper(group: Group, who=None) -> str:  # type: ignore[no-untyped-def]
    return words(browser_of(who or group.members[0]).get(f"/report/news/{group.cohort.id}").text)


def said_back(group: Group) -> None:
    with write() as db:
        session_id = group.cohort.session(1).id
        news.say_back(db, group.facilitator, session_id, you_said="<b>Too fast</b>", outcome="could not",
                      reply="the room is taken", at=NOW)  # fmt: skip


def test_it_holds_what_was_answered_and_what_was_said_back(group: Group) -> None:
    said_back(group)
    with write() as db:
        pulse = a_pulse(db, group)
        answer_pulse(db, group, pulse, [3, 3, 3, 4, 2, 2, 1, 3], texts={"change": "Maria talks fast"})
        close_pulse(db, group, pulse)
    before = paper(group, group.facilitator)
    with write() as db:
        token = visitors.admit(db, facilitator_id=group.facilitator.facilitator_id, at=datetime.now(UTC))
        facilitator = signed_in(db, token, at=datetime.now(UTC))
        bags.share_comments(db, facilitator, pulse.id, [0], at=NOW)
    after = paper(group)

    for text in (before, after):
        assert "You said: &lt;b&gt;Too fast&lt;/b&gt;" in text, "words, never tags"
        assert "We could not, because the room is taken" in text
        assert "I had the chance to have my voice heard" in text
        assert "8 of 8 members answered." in text
        assert "Too slow" in text
    assert "Maria" not in before, "what waits to be read is not on paper, not even a facilitator's"
    assert "Maria" in after


def test_nothing_of_an_open_pulse_is_on_it(group: Group) -> None:
    with write() as db:
        pulse = a_pulse(db, group)
        answer_pulse(db, group, pulse, [3] * 8, texts={"change": "Maria talks fast"})

    for who in (group.members[0], group.facilitator):
        text = paper(group, who)
        assert "Nothing to read yet." in text
        assert "answered" not in text
        assert "Maria" not in text


def test_strangers_and_other_cohorts_get_nothing(group: Group) -> None:
    said_back(group)
    with write() as db:
        other = a_group(db, 1, username="nell", name="Third group")

    for who in (None, other.facilitator, other.members[0]):
        answer = browser_of(who).get(f"/report/news/{group.cohort.id}")
        assert answer.status_code == 404
        assert "Too fast" not in answer.text
