"""A cohort with its facilitator; always with another cohort beside, of which nothing may show."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members
from tests.services.members.words import HALL
from tests.services.people import NOW, a_cohort, a_facilitator, a_member, the_code


@pytest.fixture
def fay(db: Session) -> Visitor:
    """A facilitator. Somebody else facilitates another cohort with an Ada and somebody at its door."""
    stranger = a_facilitator(db, "gil")
    other = a_cohort(db, stranger, "Another group")
    a_member(db, stranger, other, "Ada")
    members.knock(db, the_code(db, stranger, other), "Zed", network=HALL, at=NOW)
    return a_facilitator(db, "fay")


@pytest.fixture
def cohort(db: Session, fay: Visitor) -> Cohort:
    return a_cohort(db, fay)


@pytest.fixture
def gil(db: Session) -> Visitor:
    """A facilitator of some other cohort."""
    visitor = a_facilitator(db, "hal")
    a_cohort(db, visitor, "A third group")
    return visitor
