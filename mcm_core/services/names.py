"""Names beside answers, in rounds that offer it, for those who said yes. (What they said is kept by `consents`.)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.consent import Purpose
from mcm_core.domain.errors import Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.named import Named, names_may_stand
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, consents, releases
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.services.readings import as_reading
from mcm_core.store.tables import MemberRow, ReadingRow, RoundRow


@open_to(MEMBERS)
def consent(db: Session, visitor: Visitor, round_id: str, yes: bool, *, at: datetime) -> None:
    """Say yes or no to one's own name beside one's own answer. A yes until the close, a no at any time.

    Raises NotAllowed for another cohort's round, Refused for a yes that comes too late or a round without names.
    """
    if consented(db, visitor, round_id) == yes:
        return
    row = db.get_one(RoundRow, round_id)
    if yes and (row.mode != Mode.NAMED or row.state != RoundState.OPEN):
        raise Refused("Names can be added only while a round that offers it is open. Yours is not shown.")
    consents.keep(db, visitor, Purpose.NAME_WITH_ANSWERS, yes=yes, at=at, round_id=round_id)


@open_to(MEMBERS)
def consented(db: Session, visitor: Visitor, round_id: str) -> bool:
    """Whether the visitor said yes. Nobody else can ask this before the reveal."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    return bool(db.scalar(select(consents.agrees(member_id, Purpose.NAME_WITH_ANSWERS, round_id))))


@open_to(COHORT)
def beside(db: Session, visitor: Visitor, round_: Round) -> Mapping[str, tuple[Named, ...]]:
    """The names and answers that stand beside the pictures of a revealed round, by theme; empty before.

    A theme is left out while its names would leave a rest of the picture that is too small.
    """
    pictures = releases.of_round(db, visitor, round_)
    rows = db.execute(
        select(MemberRow.name, ReadingRow)
        .join(ReadingRow, ReadingRow.member_id == MemberRow.id)
        .where(ReadingRow.round_id == round_.id, ReadingRow.theme.in_(pictures))
        .where(consents.agrees(MemberRow.id, Purpose.NAME_WITH_ANSWERS, round_.id))
        .order_by(MemberRow.name_key, ReadingRow.theme)
    )
    found: dict[str, list[Named]] = defaultdict(list)
    for name, reading in rows:
        found[reading.theme].append(Named(name, as_reading(reading)))
    return {
        theme: tuple(named)
        for theme, named in found.items()
        if names_may_stand(pictures[theme], [one.reading for one in named], round_.threshold)
    }
