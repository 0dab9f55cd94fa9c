"""Names beside answers, in rounds that offer it, for those who said yes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.mode import Mode
from mcm_core.domain.named import Named, names_may_stand
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, releases
from mcm_core.services.access import COHORT, MEMBERS, open_to
from mcm_core.services.readings import as_reading
from mcm_core.store.tables import MemberRow, NamedRow, ReadingRow, RoundRow

_INSERT: dict[str, Callable[..., sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@open_to(MEMBERS)
def consent(db: Session, visitor: Visitor, round_id: str, yes: bool) -> None:
    """Say yes or no to one's own name beside one's own answer. A yes until the close, a no at any time.

    Raises NotAllowed for another cohort's round, Refused for a yes that comes too late or a round without names.
    """
    row = db.get_one(RoundRow, round_id)
    member_id = access.member(db, visitor, row.cohort_id)
    if not yes:
        db.execute(delete(NamedRow).where(NamedRow.round_id == round_id, NamedRow.member_id == member_id))
        return
    if row.mode != Mode.NAMED or row.state != RoundState.OPEN:
        raise Refused("Names can be added only while a round that offers it is open. Yours is not shown.")
    insert = _INSERT[db.get_bind().dialect.name](NamedRow)
    its_yes = {"round_id": round_id, "member_id": member_id, "cohort_id": row.cohort_id}
    db.execute(insert.values(its_yes).on_conflict_do_nothing())


@open_to(MEMBERS)
def consented(db: Session, visitor: Visitor, round_id: str) -> bool:
    """Whether the visitor said yes. Nobody else can ask this before the reveal."""
    row = db.get_one(RoundRow, round_id)
    return db.get(NamedRow, (round_id, access.member(db, visitor, row.cohort_id))) is not None


@open_to(COHORT)
def beside(db: Session, visitor: Visitor, round_: Round) -> Mapping[str, tuple[Named, ...]]:
    """The names and answers that stand beside the pictures of a revealed round, by theme; empty before.

    A theme is left out while its names would leave a rest of the picture that is too small.
    """
    pictures = releases.of_round(db, visitor, round_)
    rows = db.execute(
        select(MemberRow.name, ReadingRow)
        .join(ReadingRow, ReadingRow.member_id == MemberRow.id)
        .join(NamedRow, (NamedRow.member_id == ReadingRow.member_id) & (NamedRow.round_id == ReadingRow.round_id))
        .where(ReadingRow.round_id == round_.id, ReadingRow.theme.in_(pictures))
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
