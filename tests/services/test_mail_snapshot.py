"""Every kind of message as it leaves, for a cohort that would tell everything (domain.md §5 row 56, §5.1 check 20)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from mcm_core.domain.message import To
from mcm_core.services import members, messages, outbox
from mcm_core.store.engine import write
from mcm_core.store.message_texts import templates
from tests.services.a_mail_server import Mail, a_mail_server
from tests.services.people import NOW, a_cohort, a_facilitator
from tests.telling import tells

SUBJECTS = {
    "accepted": "You have a place",
    "application_link": "Your application: your own link",
    "application_link_again": "Your application: a new link",
    "application_link_late": "Your application: your own link",
    "application_received": "Your application has arrived",
    "application_received_late": "Your application has arrived",
    "carried_over": "Your application: the next group",
    "deadline_moved": "Your application: another closing time",
    "digest": "This week in our group",
    "document": "Please read this before we meet",
    "interest_drop_in": "The drop-in: how to join",
    "interest_reminder": "A reminder: how to apply",
    "invitation": "Your link",
    "next_group": "Your application: the next group",
    "not_this_time": "Your application",
    "session_cancelled": "A session will not take place",
    "session_moved": "A session has a new time",
    "session_reminder": "Our next session",
    "waiting_list": "Your application: the waiting list",
}
#: What a mailbox, a locked screen and every mail server on the way can see.
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
    "MIME-Version",
}  # fmt: skip
NAME = "Ada Survivorsdottir"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mail]:
    with a_mail_server() as there:
        monkeypatch.setenv("MCM_SMTP_URL", there.url)
        monkeypatch.setenv("MCM_SMTP_FROM", "group@example.org")
        monkeypatch.setenv("MCM_PUBLIC_URL", "https://meet.example.org")
        yield there


@pytest.fixture
def sent(sqlite: str, mail: Mail) -> Mail:
    """One message of every kind, to somebody in a cohort that is called what it is about."""
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay, "Refuge survivors’ group, domestic violence")
        (ada,) = members.add(db, fay, cohort.id, NAME, at=NOW)
        for kind, template in templates().items():
            words = {name: f"about abuse ({name})" for name in template.asks_for}
            to = To(NAME, "ada@example.org", ada.id)
            messages.draft(db, cohort.id, kind, to, words, once=kind, by_itself=True, at=NOW)
    while outbox.deliver(at=NOW):
        pass
    return mail


def test_the_subjects_are_these(sent: Mail) -> None:
    assert sorted(found["Subject"] for found in sent.arrived) == sorted(SUBJECTS.values())
    assert {kind: template.subject for kind, template in templates().items()} == SUBJECTS


def around(found: EmailMessage) -> str:
    """All of a message but its words."""
    files = [part.get_filename() or "" for part in found.iter_attachments()]
    return " ".join([*(f"{name}: {value}" for name, value in found.items()), *files])


def test_nothing_around_the_words_tells_who_or_what(sent: Mail) -> None:
    for found in sent.arrived:
        assert set(found.keys()) <= HEADERS
        assert tells(around(found)) == []
        assert NAME.split()[0] not in around(found)


def test_no_body_names_the_cohort(sent: Mail) -> None:
    for found in sent.arrived:
        assert "Refuge" not in found.as_string()


def test_a_subject_with_a_name_and_a_file_with_a_theme_would_be_seen(sent: Mail) -> None:
    """The negative control."""
    found = sent.arrived[0]
    del found["Subject"]
    found["Subject"] = f"{NAME}: your session"
    found.add_attachment(b"", maintype="text", subtype="calendar", filename="violence.ics")

    assert tells(around(found)) == ["survivor", "violen"]
