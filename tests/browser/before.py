"""What people do before the first session without a browser: by the forms of the web, and by verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import select

from mcm_core.domain.application import Decision
from mcm_core.domain.opening import Plan
from mcm_core.services import applicants, cohorts, documents, facilitators, members, openings
from mcm_core.store.engine import read, write
from mcm_core.store.tables import MemberRow
from tests.browser.by_hand import PASSWORD
from tests.browser.six_weeks import Walk, email_of
from tests.services.people import signed_in, through


def publishes(walk: Walk) -> None:
    """A cohort that looks for its people: sessions from 29 September on, applications until 9 September at nine."""
    nel = walk.sits_down("nel")
    with write() as db:
        cohort = cohorts.create(
            db, nel, name="Autumn circle", time_zone="Europe/London", first=date(2026, 9, 29),
            weekday=1, at_time=time(14), at=walk.now,
        )  # fmt: skip
        plan = Plan(
            closes=datetime.fromisoformat("2026-09-09 09:00"),
            drop_in=datetime.fromisoformat("2026-09-02 15:00"),
            drop_in_link="https://meet.example/drop-in",
        )
        words = {"contact": "Nel, nel@example.org"}
        walk.slug = openings.write_down(db, nel, cohort.id, plan=plan, words=words, at=walk.now).slug
        openings.publish(db, nel, cohort.id, at=walk.now)
    walk.cohort_id = cohort.id


def is_interested(walk: Walk, name: str) -> None:
    """Wants the link to the drop-in, and to be reminded."""
    with walk.http() as browser:
        wants = {"name": name, "email": email_of(name), "organisation": "", "wants_link": "on", "wants_reminder": "on"}
        assert browser.post(f"/open/{walk.slug}/interest", data=wants).is_success


def applies(walk: Walk, name: str, said: Mapping[str, str]) -> None:
    """By the two forms of the public page, as a browser without JavaScript sends them."""
    with walk.http() as browser:
        who = {"name": name, "email": email_of(name), "organisation": f"{name.split()[0]}’s place"}
        begun = browser.post(f"/open/{walk.slug}/apply", data=who)
        assert begun.status_code == 303, begun.text
        sent = browser.post(begun.headers["location"], data={**said, "go": "send"})
        assert sent.headers["location"].endswith("?said=sent"), sent.text


def joins(walk: Walk, name: str) -> None:
    """By their personal link, and reads the document."""
    nel = walk.who("nel")
    with write() as db:
        id_ = db.scalars(select(MemberRow.id).filter_by(cohort_id=walk.cohort_id, name=name)).one()
        link = members.link_token(db, nel, id_, at=walk.now)
    with walk.http() as browser:
        walk.tokens[name] = browser.post(f"/j/{link}").cookies["mcm"]
    with write() as db:
        who = walk.who(name)
        documents.have_read(db, who, documents.of(db, who, walk.cohort_id, at=walk.now).version, at=walk.now)


def joins_the_team(walk: Walk, username: str, name: str) -> None:
    """Accepts an invitation to facilitate, and sets up the second step."""
    nel = walk.sits_down("nel")
    with write() as db:
        invitation = facilitators.invite(db, nel, walk.cohort_id, at=walk.now)
        token = facilitators.accept(db, invitation, username=username, name=name, password=PASSWORD, at=walk.now)
        walk.tokens[username] = through(db, signed_in(db, token, at=walk.now), at=walk.now)


def the_applications(walk: Walk) -> dict[str, str]:
    """Their ids, by name."""
    with read() as db:
        return {line.name: line.id for line in applicants.of_cohort(db, walk.who("nel"), walk.cohort_id)}


def abstains(walk: Walk, username: str, applicant: str) -> None:
    """A facilitator knows the applicant too well to judge."""
    id_ = the_applications(walk)[applicant]
    with write() as db:
        applicants.judge(db, walk.who(username), id_, says="abstain", note="We work together", at=walk.now)


def offered_places(walk: Walk, names: Sequence[str]) -> list[Decision]:
    """A facilitator offers each of these a place; what became of it."""
    ids, nel = the_applications(walk), walk.who("nel")
    with write() as db:
        return [applicants.decide(db, nel, ids[name], decision="accepted", at=walk.now) for name in names]
