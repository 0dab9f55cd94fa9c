"""The templates of messages: those that come with the app, and what a wrong one is refused for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mcm_core.domain.message import READ_FIRST, placeholders, telling
from mcm_core.store.content_lines import BrokenContent
from mcm_core.store.message_texts import templates

NEEDED = {
    "interest_drop_in", "interest_reminder", "application_received", "application_link", "accepted", "waiting_list",
    "not_this_time", "document", "invitation", "session_reminder", "session_moved", "session_cancelled", "digest",
}  # fmt: skip


def test_every_message_that_others_send_is_there() -> None:
    assert templates().keys() >= NEEDED


def test_every_kind_has_its_place_in_the_order_of_reading() -> None:
    assert set(READ_FIRST) == templates().keys()


@pytest.mark.parametrize("kind", sorted(templates()))
def test_no_subject_says_anything_about_anybody(kind: str) -> None:
    template = templates()[kind]

    assert placeholders(template.subject) == set()
    assert telling(f"{kind} {template.subject} {template.body} {template.calendar}") == ()
    assert template.body.startswith("Hello {name},")
    assert template.body.endswith("{facilitator}")


@pytest.mark.parametrize("kind", sorted(templates()))
def test_no_message_asks_for_an_answer_that_would_reach_nobody(kind: str) -> None:
    """It comes from the server's address, and the server knows no facilitator's."""
    assert not re.search(r"\b(answer|reply to) this (message|e-?mail)|\bwrite back", templates()[kind].body, re.I)


@pytest.mark.parametrize("kind", sorted(templates()))
def test_no_sentence_of_a_message_is_broken_in_the_middle(kind: str) -> None:
    """A mail program keeps the break, and then breaks once more where the screen ends."""
    for paragraph in templates()[kind].body.split("\n\n"):
        for line in paragraph.split("\n")[:-1]:
            assert re.search(r":$|^\w+: {\w+}$", line), line


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ('subject: "For {name}"\nbody: Hello', r"line 1: A subject holds no placeholder.*\{name\}"),
        ('subject: Hello\nbody: "Dear {nobody}"', r"line 2: There is no placeholder \{nobody\}"),
        ("subject: Our Survivors\nbody: Hello", "line 1: “survivor” tells too much"),
        ("subject: Hello\nbody: About abuse", "line 2: “abuse” tells too much"),
        ('subject: "one\\nBcc: two"\nbody: Hello', "line 1: A subject is one line"),
        ('subject: Hello\nbody: Hello\ncalendar: "{when}"', r"line 3: What is said .* holds no placeholder.*\{when\}"),
        ("subject: Hello", "“body” is missing"),
        ("subject: Hello\nbody: Hello\nreply: no", "line 3: “reply” is not a name"),
    ],
)
def test_a_wrong_template_is_refused_with_its_line(tmp_path: Path, file: str, reason: str) -> None:
    (tmp_path / "wrong.yaml").write_text(file, encoding="utf-8")

    with pytest.raises(BrokenContent, match=f"wrong.yaml.*{reason}"):
        templates(tmp_path)
