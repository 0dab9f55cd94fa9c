"""Digital skills before session one: a help list of those who ask for help, and a sentence for the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain import skills as rules
from mcm_core.domain.audit import Deed
from mcm_core.domain.skills import Asks, Counts, Skills, Tool
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, cohorts
from mcm_core.services.access import ARRIVED, COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.members.rows import tell_door
from mcm_core.store import prepare_texts
from mcm_core.store.tables import CohortRow, MemberRow, SkillsRow, SkillsSharedRow


@dataclass(frozen=True)
class HelpList:
    """Who asks for help. Of the others a facilitator knows how many answered, and nothing else."""

    answered: int
    people: tuple[Asks, ...]


def tools() -> tuple[Tool, ...]:
    """The rows of the form."""
    return tuple(Tool(key, words.label, words.short) for key, words in prepare_texts.skills().tools.items())


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> Skills | None:
    """What the signed-in member has said; None before they have."""
    row = db.get(SkillsRow, access.member(db, visitor, visitor.cohort_id or ""), populate_existing=True)
    return Skills(row.version, row.levels, row.practise, row.wants_help, row.changed_at) if row else None


@open_to(MEMBERS)
def say(
    db: Session, visitor: Visitor, levels: Mapping[str, int], *, practise: str, wants_help: bool, at: datetime
) -> None:
    """Keep what the signed-in member says, in the place of what they said before. Raises Refused."""
    member_id, cohort_id = access.member(db, visitor, visitor.cohort_id or ""), visitor.cohort_id or ""
    wish = " ".join(practise.split())
    rules.refuse_unknown((tool.key for tool in tools()), levels, wish)
    db.get_one(MemberRow, member_id, with_for_update=True)  # two phones take turns
    row = db.get(SkillsRow, member_id, populate_existing=True)
    if row is None:
        row = SkillsRow(member_id=member_id, cohort_id=cohort_id, levels={}, changed_at=at)
        db.add(row)
    if row.levels != dict(levels):  # the same again is no change that could hide somebody else's
        row.changed_at = at
    row.version, row.levels, row.practise, row.wants_help = (
        prepare_texts.skills().version,
        dict(levels),
        wish,
        wants_help,
    )
    db.flush()
    tell_door(db, cohort_id)


@open_to(MEMBERS)
def forget(db: Session, visitor: Visitor) -> None:
    """Delete what the signed-in member has said. A sentence that was shared stays: it names nobody."""
    db.execute(delete(SkillsRow).where(SkillsRow.member_id == access.member(db, visitor, visitor.cohort_id or "")))
    tell_door(db, visitor.cohort_id or "")


@open_to(FACILITATORS)
def help_list(db: Session, visitor: Visitor, cohort_id: str) -> HelpList:
    """Those who ticked that they would like help, by name, with what they would like help with."""
    labels = {tool.key: tool.label for tool in tools()}
    rows = db.execute(
        select(SkillsRow, MemberRow.name)
        .join(MemberRow, MemberRow.id == SkillsRow.member_id)
        .where(SkillsRow.cohort_id == cohort_id, SkillsRow.wants_help)
        .order_by(MemberRow.name_key)
    )
    asks = tuple(Asks(name, _wanted(labels, row.levels), row.practise) for row, name in rows)
    return HelpList(_answered(db, cohort_id), asks)


@open_to(FACILITATORS)
def share(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Say to the group how many would like help with what. It stays as it is until the next time.

    Raises Refused while it could be about somebody: domain/skills.py.
    """
    cohort = db.get_one(CohortRow, cohort_id, with_for_update=True)
    before = db.get(SkillsSharedRow, cohort_id, populate_existing=True)
    since = SkillsRow.changed_at > before.shared_at if before else SkillsRow.changed_at.is_not(None)
    changed = db.scalar(select(func.count()).where(SkillsRow.cohort_id == cohort_id, since)) or 0
    answered = _answered(db, cohort_id)
    rules.refuse_sharing(answered, changed, cohort.threshold, again=before is not None)
    everybody = db.scalars(select(SkillsRow.levels).where(SkillsRow.cohort_id == cohort_id)).all()
    row = before or SkillsSharedRow(cohort_id=cohort_id)
    counts = rules.counted([tool.key for tool in tools()], everybody)
    row.counts = {key: list(numbers) for key, numbers in counts.items()}
    row.answered, row.shared_at = answered, at
    db.add(row)
    audit.note(db, visitor, Deed.SKILLS_SHARED, cohort_id, cohort_id=cohort_id, at=at)
    cohorts.turn(db, cohort_id)


@open_to(COHORT)
def shared(db: Session, visitor: Visitor, cohort_id: str) -> Counts | None:
    """What was last said to the group; None before."""
    row = db.get(SkillsSharedRow, cohort_id, populate_existing=True)
    if row is None:
        return None
    return Counts(row.answered, {key: (want, offer) for key, (want, offer) in row.counts.items()}, row.shared_at)


def _answered(db: Session, cohort_id: str) -> int:
    return db.scalar(select(func.count()).where(SkillsRow.cohort_id == cohort_id)) or 0


def _wanted(labels: Mapping[str, str], levels: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(label for key, label in labels.items() if levels.get(key) in (rules.LEARN, rules.WITH_HELP))
