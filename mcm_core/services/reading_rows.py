"""The statements of a vote, built once and on tables: building one takes longer than running it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    bindparam,
    case,
    distinct,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from mcm_core.domain.reading import NonAnswer
from mcm_core.services.access import HAS_READ
from mcm_core.store.tables import FocusRow, ReadingRow, RoundRow, SignInRow
from mcm_core.store.tables.base import Instant

_reading, _round, _focus, _sign_in = (row.__table__ for row in (ReadingRow, RoundRow, FocusRow, SignInRow))

_phone = _sign_in.alias("phone")
#: A browser that is no member's, and a round of another cohort, give no row; so does one that waits at the door, or
#: whose member has yet to read the participation document.
VOTER = (
    select(
        _round.c.id,
        _round.c.cohort_id,
        _round.c.instrument_id,
        _round.c.themes,
        _round.c.state,
        _round.c.mode,
        _sign_in.c.member_id,
        _sign_in.c.seen_at,
        _sign_in.c.expires_at,
        _focus.c.id.label("focus_id"),
        select(func.count()).where(_phone.c.member_id == _sign_in.c.member_id).scalar_subquery().label("phones"),
    )
    .select_from(_round)
    .join(_sign_in, _sign_in.c.cohort_id == _round.c.cohort_id)
    .outerjoin(_focus, (_focus.c.member_id == _sign_in.c.member_id) & _focus.c.closed_at.is_(None))
    .where(
        _round.c.id == bindparam("round_id"),
        _sign_in.c.token_hash == bindparam("sign_in"),
        _sign_in.c.member_id.is_not(None),
        _sign_in.c.waiting.is_(False),
        HAS_READ,
    )
)
#: The same for whoever writes: a close waits for answers under way, and they for it.
VOTER_WHILE_OPEN = VOTER.with_for_update(read=True, of=_round)

_ANSWER = (_reading.c.theme, _reading.c.current, _reading.c.desired, _reading.c.saved_at, _reading.c.focus_id)
_MINE = (_reading.c.round_id == bindparam("round_id"), _reading.c.member_id == bindparam("member_id"))

_before, _now, _then = _reading.alias("before"), _round.alias("now"), _round.alias("then")
_LAST_TIME = (
    select(*(_before.c[column.name] for column in _ANSWER), _then.c.opened_at)
    .select_from(_before)
    .join(
        _reading,
        (_reading.c.member_id == _before.c.member_id)
        & (_reading.c.theme == _before.c.theme)
        & _reading.c.focus_id.is_not_distinct_from(_before.c.focus_id),
    )
    .join(_now, _now.c.id == _reading.c.round_id)
    .join(_then, _then.c.id == _before.c.round_id)
    .where(
        *_MINE,
        _then.c.instrument_id == _now.c.instrument_id,
        _then.c.lens.is_not_distinct_from(_now.c.lens),
        _then.c.perspective.is_not_distinct_from(_now.c.perspective),
        _then.c.opened_at < _now.c.opened_at,
    )
)
#: A member's answers in a round, and their previous ones: those have the moment at which that round was `opened_at`.
OWN = union_all(select(*_ANSWER, null().label("opened_at")).where(*_MINE), _LAST_TIME).order_by("opened_at")


def _counts(done: ColumnElement[bool]) -> Select[Any]:
    finished = (
        select(_reading.c.member_id)
        .where(_reading.c.round_id == bindparam("round_id"))
        .group_by(_reading.c.member_id)
        .having(func.sum(case((done, 1), else_=0)) >= bindparam("themes"))
    )
    complete = select(func.count()).select_from(finished.subquery()).scalar_subquery()
    return select(complete.label("complete"), HERE.scalar_subquery().label("here"))


HERE = select(func.count(distinct(_sign_in.c.member_id))).where(
    _sign_in.c.cohort_id == bindparam("cohort_id"),
    _sign_in.c.waiting.is_(False),
    _sign_in.c.seen_at > bindparam("since", type_=Instant),
)
#: Not IN, whose list SQLAlchemy spells out anew each time: that took as long as the rest of the statement.
_NO_HOPE_ASKED = or_(*(_reading.c.current == code for code in (NonAnswer.DOES_NOT_APPLY, NonAnswer.PASS)))
#: By whether the instrument asks what is desired: how many have answered every theme, and how many are here.
COUNTS = {
    True: _counts(or_(_reading.c.desired.is_not(None), _NO_HOPE_ASKED)),
    False: _counts(true()),
}


def _upsert(insert: Callable[[Any], sqlite.Insert | postgresql.Insert]) -> Executable:
    statement = insert(_reading)
    answer = {name: statement.excluded[name] for name in ("current", "desired", "saved_at", "focus_id")}
    return statement.on_conflict_do_update(index_elements=["round_id", "member_id", "theme"], set_=answer)


UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
