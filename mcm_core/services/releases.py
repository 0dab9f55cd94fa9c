"""Frozen pictures: written once at the reveal, read ever after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain import release as rules
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Earlier, Release
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services.access import COHORT, open_to
from mcm_core.store.tables import CohortSessionRow, MemberRow, ReadingRow, ReleaseRow, RoundRow

_PICTURE = TypeAdapter(Release)


@open_to(COHORT)
def of_round(db: Session, visitor: Visitor, round_: Round) -> dict[str, Release]:
    """What was revealed of a round, by theme key; empty before the reveal."""
    rows = db.scalars(
        select(ReleaseRow).where(ReleaseRow.round_id == round_.id, ReleaseRow.cohort_id == round_.cohort_id)
    )
    found = {row.theme: as_release(row) for row in rows}
    return {theme.key: found[theme.key] for theme in round_.card.asked if theme.key in found}


def freeze(db: Session, round_: Round) -> None:
    """Decide and store what may be shown of a round. Called by `rounds.reveal` in the same transaction."""
    of = db.scalars(select(func.count()).where(MemberRow.cohort_id == round_.cohort_id)).one()
    now = _answers(db, [round_.id])[round_.id]
    earlier = _earlier(db, round_)
    instrument = round_.card.instrument
    for theme in round_.card.asked:
        release = rules.freeze(
            theme.key,
            now[theme.key],
            session_number=round_.session_number,
            attempt=round_.attempt,
            levels=len(instrument.levels),
            ordered=instrument.ordered,
            threshold=round_.threshold,
            of=of,
            earlier=earlier.get(theme.key, ()),
        )
        db.add(
            ReleaseRow(
                round_id=round_.id,
                theme=theme.key,
                cohort_id=round_.cohort_id,
                picture=_PICTURE.dump_python(release, mode="json"),
            )
        )
    db.flush()


def as_release(row: ReleaseRow) -> Release:
    """The domain value of a row; for other services, after they have asked `access`."""
    return _PICTURE.validate_python(row.picture)


def _earlier(db: Session, round_: Round) -> dict[str, tuple[Earlier, ...]]:
    """Earlier released rounds of the same question by theme, oldest first."""
    row = db.get_one(RoundRow, round_.id)
    found = db.execute(
        select(ReleaseRow, CohortSessionRow.number)
        .join(RoundRow, RoundRow.id == ReleaseRow.round_id)
        .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
        .where(
            RoundRow.cohort_id == row.cohort_id,
            RoundRow.id != row.id,
            RoundRow.instrument_id == row.instrument_id,
            RoundRow.lens.is_not_distinct_from(row.lens),
            RoundRow.perspective.is_not_distinct_from(row.perspective),
        )
        .order_by(RoundRow.revealed_at)
    ).all()
    answers = _answers(db, {release.round_id for release, _ in found})
    by_theme: dict[str, list[Earlier]] = defaultdict(list)
    for release, number in found:
        given = answers[release.round_id][release.theme]
        by_theme[release.theme].append(Earlier(number, given, as_release(release)))
    return {theme: tuple(past) for theme, past in by_theme.items()}


def _answers(db: Session, round_ids: Iterable[str]) -> dict[str, dict[str, dict[str, Reading]]]:
    """Readings by round, theme and member. Stays inside this module: nobody but the freezing may see them."""
    by_round: dict[str, dict[str, dict[str, Reading]]] = defaultdict(lambda: defaultdict(dict))
    for row in db.scalars(select(ReadingRow).where(ReadingRow.round_id.in_(list(round_ids)))):
        reading = Reading(row.current, row.desired, focus=row.focus_id)
        by_round[row.round_id][row.theme][row.member_id] = reading
    return by_round
