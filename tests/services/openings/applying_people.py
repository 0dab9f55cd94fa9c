"""A cohort that looks for its people, and strangers who apply, by calling the services as the product does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.opening import Plan
from mcm_core.domain.visitor import Visitor
from mcm_core.services import applicants, applying, openings
from tests.services.people import NOW, a_cohort, a_facilitator

CLOSES = datetime.fromisoformat("2026-01-07 09:00")  # two days after NOW, on the wall in London
IN_TIME = NOW + timedelta(hours=1)
PLAN = Plan(
    closes=CLOSES, drop_in=datetime.fromisoformat("2026-01-06 15:00"), drop_in_link="https://meet.example/drop-in"
)
WORDS = {"contact": "Fay, fay@example.org"}
ANSWERS = {"why": "To learn", "hope": "To feel less alone with it", "role": "front line"}


@dataclass(frozen=True)
class Opened:
    """A published page, who facilitates, and the end of its address."""

    fay: Visitor
    cohort: Cohort
    slug: str


def an_opening(db: Session, *, username: str = "fay", name: str = "Tuesday group", plan: Plan = PLAN) -> Opened:
    """A cohort whose public page is published."""
    fay = a_facilitator(db, username)
    cohort = a_cohort(db, fay, name)
    opening = openings.write_down(db, fay, cohort.id, plan=plan, words=WORDS, at=NOW)
    openings.publish(db, fay, cohort.id, at=NOW)
    return Opened(fay, cohort, opening.slug)


def begins(db: Session, opened: Opened, name: str = "Ada Okafor", *, at: datetime = IN_TIME, late: str = "") -> str:
    """Somebody begins an application; the token of its link. Each comes from a network of their own."""
    email = f"{name.split()[0].lower()}@example.org"
    return applying.begin(
        db, opened.slug, name=name, email=email, organisation=f"{name}’s place", late=late, network=name, at=at
    )


def applies(
    db: Session,
    opened: Opened,
    name: str = "Ada Okafor",
    said: Mapping[str, str] | None = None,
    *,
    at: datetime = IN_TIME,
) -> str:
    """Somebody applies, with every needed answer; `said` are more of them. The token of their link."""
    token = begins(db, opened, name, at=min(at, IN_TIME))
    applying.keep(db, token, {**ANSWERS, **(said or {})}, at=at)
    applying.send(db, token, at=at)
    return token


def the_id(db: Session, opened: Opened, name: str) -> str:
    """The id of the application of this name."""
    return next(one.id for one in applicants.of_cohort(db, opened.fay, opened.cohort.id) if one.name == name)
