"""Frozen pictures: written once, at the reveal or the close of an anonymous round, and read ever after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain import anonymous
from mcm_core.domain import release as rules
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Earlier, Release
from mcm_core.domain.round import Round, RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, instruments
from mcm_core.services.access import COHORT, open_to
from mcm_core.store.tables import AnsweredRow, CohortSessionRow, MemberRow, ReadingRow, ReleaseRow, RoundRow

_PICTURE = TypeAdapter(Release)
Past = Mapping[str, tuple[Earlier, ...]]
"""Earlier releases of the same question by theme, oldest first."""


@open_to(COHORT)
def of_round(db: Session, visitor: Visitor, round_: Round) -> dict[str, Release]:
    """What was revealed of a round, by theme key; empty before the reveal."""
    rows = db.scalars(
        select(ReleaseRow)
        .join(RoundRow, RoundRow.id == ReleaseRow.round_id)
        .where(
            ReleaseRow.round_id == round_.id,
            ReleaseRow.cohort_id == round_.cohort_id,
            RoundRow.state == RoundState.REVEALED,
        )
    )
    found = {row.theme: as_release(row) for row in rows}
    return {theme.key: found[theme.key] for theme in round_.card.asked if theme.key in found}


def freeze(db: Session, round_: Round) -> None:
    """Decide and store what may be shown of a round. Called by `rounds.reveal` in the same transaction.

    Of an anonymous round already by `rounds.close`: nobody can answer any more, and whatever is not kept goes there and
    then, also where nobody ever reveals it. Its reveal finds that done.
    """
    if db.scalar(select(ReleaseRow.round_id).where(ReleaseRow.round_id == round_.id).limit(1)):
        return
    of = db.scalars(select(func.count()).where(MemberRow.cohort_id == round_.cohort_id)).one()
    made = _of_bag if round_.card.mode is Mode.ANONYMOUS else _of_readings
    for picture, counts in made(db, round_, of, _earlier(db, round_), _beside(db, round_)):
        db.add(
            ReleaseRow(
                round_id=round_.id,
                theme=picture.theme,
                cohort_id=round_.cohort_id,
                picture=_PICTURE.dump_python(picture, mode="json"),
                counts=counts,
            )
        )
    db.flush()


def _of_readings(db: Session, round_: Round, of: int, earlier: Past, beside: Past) -> Iterator[tuple[Release, None]]:
    answers = _answers(db, [round_.id])[round_.id]
    instrument = round_.card.instrument
    for theme in round_.card.asked:
        yield (
            rules.freeze(
                theme.key,
                answers[theme.key],
                session_number=round_.session_number,
                attempt=round_.attempt,
                levels=len(instrument.levels),
                ordered=instrument.ordered,
                threshold=round_.threshold,
                of=of,
                earlier=earlier.get(theme.key, ()),
                beside=beside.get(theme.key, ()),
                named=round_.card.mode is Mode.NAMED,
            ),
            None,
        )


def _of_bag(
    db: Session, round_: Round, of: int, earlier: Past, beside: Past
) -> list[tuple[Release, dict[str, list[int]] | None]]:
    bag = bags.unseal(db, round_)
    pictures = [
        anonymous.freeze(
            theme.key,
            bag,
            session_number=round_.session_number,
            attempt=round_.attempt,
            threshold=round_.threshold,
            of=of,
            earlier=(*earlier.get(theme.key, ()), *_apart(beside.get(theme.key, ()))),
        )
        for theme in round_.card.asked
    ]
    if any(picture.is_shown for picture in pictures):
        bags.remember_who(db, round_, bag)
    return [(picture, anonymous.kept(picture, bag.counts[picture.theme]["current"])) for picture in pictures]


def as_release(row: ReleaseRow) -> Release:
    """The domain value of a row; for other services, after they have asked `access`."""
    return _PICTURE.validate_python(row.picture)


def _apart(beside: tuple[Earlier, ...]) -> Iterator[Earlier]:
    """The same pictures as of no session: only one that stood still gives anything away."""
    return (replace(past, session_number=rules.ANOTHER_QUESTION) for past in beside)


def _beside(db: Session, round_: Round) -> Past:
    """Released rounds that ask about the same start in another way, by theme (domain.looking_back)."""
    found = instruments.partner_id(db, round_.card.instrument)
    return _released(db, db.get_one(RoundRow, round_.id), found) if found else {}


def _earlier(db: Session, round_: Round) -> Past:
    """Earlier released rounds of the same question by theme, oldest first."""
    row = db.get_one(RoundRow, round_.id)
    return _released(db, row, row.instrument_id)


def _released(db: Session, row: RoundRow, instrument_id: str) -> Past:
    """Released rounds of an instrument, asked as this round asks, by theme, oldest first."""
    found = db.execute(
        select(ReleaseRow, CohortSessionRow.number, RoundRow.mode)
        .join(RoundRow, RoundRow.id == ReleaseRow.round_id)
        .join(CohortSessionRow, CohortSessionRow.id == RoundRow.session_id)
        .where(
            RoundRow.cohort_id == row.cohort_id,
            RoundRow.id != row.id,
            RoundRow.instrument_id == instrument_id,
            RoundRow.lens.is_not_distinct_from(row.lens),
            RoundRow.perspective.is_not_distinct_from(row.perspective),
        )
        .order_by(RoundRow.revealed_at)
    ).all()
    ids = {release.round_id for release, _, _ in found}
    answers, answered = _answers(db, ids), _answered(db, ids)
    by_theme: dict[str, list[Earlier]] = defaultdict(list)
    for release, number, mode in found:
        shown, people = as_release(release), answered[release.round_id]
        crowd = anonymous.crowd(shown, release.counts, people) if mode == Mode.ANONYMOUS else None
        given = answers[release.round_id][release.theme]
        by_theme[release.theme].append(Earlier(number, given, shown, crowd, mode == Mode.NAMED))
    return {theme: tuple(past) for theme, past in by_theme.items()}


def _answered(db: Session, round_ids: Collection[str]) -> dict[str, set[str]]:
    """Who answered anonymous rounds, as far as they are still members."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in db.scalars(select(AnsweredRow).where(AnsweredRow.round_id.in_(round_ids))):
        found[row.round_id].add(row.member_id)
    return found


def _answers(db: Session, round_ids: Iterable[str]) -> dict[str, dict[str, dict[str, Reading]]]:
    """Readings by round, theme and member. Stays inside this module: nobody but the freezing may see them."""
    by_round: dict[str, dict[str, dict[str, Reading]]] = defaultdict(lambda: defaultdict(dict))
    for row in db.scalars(select(ReadingRow).where(ReadingRow.round_id.in_(list(round_ids)))):
        reading = Reading(row.current, row.desired, focus=row.focus_id)
        by_round[row.round_id][row.theme][row.member_id] = reading
    return by_round
