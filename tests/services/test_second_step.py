"""The second step of signing in: nobody passes without it, each code counts once, and guessing is slow."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError, NotAllowed, Reconfirm, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import cohorts, second_step, tickets, visitors
from mcm_core.services.throttle import Throttled
from mcm_core.store import secret
from mcm_core.store.engine import read, write
from mcm_core.store.tables import FacilitatorRow, RecoveryCodeRow, SecondStepRow
from tests.services.people import NOW, a_cohort, a_facilitator, code_of, invited, key_of, signed_in, through
from tests.services.racing import race

STEP = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)


def halfway(db: Session, facilitator_id: str, *, at=NOW) -> Visitor:
    """The facilitator in another browser, just after the password."""
    token = tickets.redeem(db, tickets.issue(db, facilitator_id, halfway=True, at=at), at=at)
    return signed_in(db, token, at=at)


def set_up(db: Session) -> tuple[str, str, tuple[str, ...]]:
    """Somebody with a second step: their id, their key, and their recovery codes."""
    gil = invited(db, "gil")
    key = key_of(db, gil)
    codes = second_step.set_up(db, gil, code_of(key), at=NOW)
    return gil.facilitator_id or "", key, codes


def test_after_the_password_alone_no_verb_is_open(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    half = halfway(db, fay.facilitator_id or "")

    assert half.role is Role.HALFWAY
    assert not half.facilitates
    pretending = Visitor(half.sign_in, Role.FACILITATOR, "Fay", half.facilitator_id)
    for who in (half, pretending):
        for verb in (
            lambda who=who: cohorts.get(db, who, cohort.id),
            lambda who=who: cohorts.of_visitor(db, who),
            lambda who=who: cohorts.rename(db, who, cohort.id, "Taken over"),
            lambda who=who: second_step.renew_recovery_codes(db, who, at=NOW),
        ):
            with pytest.raises((NotAllowed, Reconfirm)):
                verb()


def test_setting_up_and_the_code_let_in(db: Session) -> None:
    gil = invited(db, "gil")
    key = key_of(db, gil)
    assert key_of(db, gil) == key, "loading the page anew changed the key"

    inside = signed_in(db, through(db, gil))

    assert inside.role is Role.FACILITATOR
    again = halfway(db, inside.facilitator_id or "", at=NOW + MINUTE)
    ticket = second_step.take(db, again, code_of(key, NOW + MINUTE), at=NOW + MINUTE)
    assert ticket
    assert signed_in(db, tickets.redeem(db, ticket, at=NOW + MINUTE), at=NOW + MINUTE).role is Role.FACILITATOR


def test_a_wrong_first_code_sets_nothing_up_and_finishing_without_one_is_refused(db: Session) -> None:
    gil = invited(db, "gil")
    wrong = f"{(int(code_of(key_of(db, gil))) + 1) % 1_000_000:06}"

    with pytest.raises(Refused):
        second_step.set_up(db, gil, wrong, at=NOW)
    with pytest.raises(Reconfirm):
        second_step.finish(db, gil, at=NOW)

    assert not second_step.is_set_up(db, gil)


def test_the_password_alone_puts_no_other_app_in_place(db: Session) -> None:
    by, key, _codes = set_up(db)
    thief = halfway(db, by)

    with pytest.raises(NotAllowed):
        second_step.offer(db, thief, at=NOW)
    with pytest.raises(NotAllowed):
        second_step.set_up(db, thief, code_of(key), at=NOW)


def test_a_code_is_good_for_a_step_either_side_and_no_longer(db: Session) -> None:
    by, key, _codes = set_up(db)
    for steps in (-2, 2):
        at = NOW + 10 * MINUTE
        assert second_step.take(db, halfway(db, by, at=at), code_of(key, at + steps * STEP), at=at) is None
    for minutes, steps in ((20, -1), (22, 0), (24, 1)):
        at = NOW + minutes * MINUTE
        spaced = " ".join(code_of(key, at + steps * STEP)[place : place + 3] for place in (0, 3))
        assert second_step.take(db, halfway(db, by, at=at), spaced, at=at)


def test_no_code_counts_twice_and_none_from_before_it(db: Session) -> None:
    by, key, _codes = set_up(db)
    at = NOW + 5 * MINUTE
    code, before = code_of(key, at), code_of(key, at - STEP)
    assert second_step.take(db, halfway(db, by, at=at), code, at=at)

    assert second_step.take(db, halfway(db, by, at=at), code, at=at) is None
    assert second_step.take(db, halfway(db, by, at=at), before, at=at) is None


def test_the_code_that_set_it_up_does_not_sign_in(db: Session) -> None:
    by, key, _codes = set_up(db)

    assert second_step.take(db, halfway(db, by), code_of(key), at=NOW) is None


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_of_two_browsers_with_one_code_at_once_one_gets_in(database: str, kind: str) -> None:
    with write() as db:
        by, key, codes = set_up(db)
        said = code_of(key, NOW + MINUTE) if kind == "code" else codes[0]
        both = [halfway(db, by, at=NOW + MINUTE) for _ in range(2)]

    def use(visitor: Visitor) -> object:
        with write() as db:
            return second_step.take(db, visitor, said, at=NOW + MINUTE)

    results = race(*(lambda one=one: use(one) for one in both))

    assert [result for result in results if isinstance(result, McmError)] == []
    assert sorted(result is None for result in results) == [False, True]


def test_looking_first_and_noting_then_would_take_a_code_twice(database: str) -> None:
    """The negative control: the race above is real, or it proves nothing."""
    with write() as db:
        by, _key, _codes = set_up(db)
        step = db.scalars(select(SecondStepRow.last_step)).one() + 1
    both_have_looked = Barrier(2)

    def use() -> object:
        with read() as db:
            unused = db.scalars(select(SecondStepRow.last_step)).one() < step
        both_have_looked.wait(timeout=10)
        with write() as db:
            db.execute(update(SecondStepRow).where(SecondStepRow.facilitator_id == by).values(last_step=step))
        return unused

    assert race(use, use) == [True, True]


def test_a_recovery_code_lets_in_once_in_any_spelling(db: Session) -> None:
    by, _key, codes = set_up(db)
    assert len(set(codes)) == 10

    assert second_step.take(db, halfway(db, by), codes[3].lower().replace("-", " "), at=NOW)

    assert second_step.take(db, halfway(db, by), codes[3], at=NOW) is None
    assert second_step.take(db, halfway(db, by), codes[4], at=NOW)
    assert len(db.scalars(select(RecoveryCodeRow)).all()) == 8


def test_a_recovery_code_that_is_not_deleted_would_let_in_again(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""

    def look(db: Session, facilitator_id: str, said: str) -> bool:
        return db.get(RecoveryCodeRow, second_step._hashed(facilitator_id, said)) is not None

    by, _key, codes = set_up(db)
    monkeypatch.setattr(second_step, "_spend_recovery", look)

    for _ in range(2):
        assert second_step.take(db, halfway(db, by), codes[3], at=NOW)


def test_somebody_elses_recovery_code_is_worth_nothing(db: Session) -> None:
    _by, _key, codes = set_up(db)
    fay = a_facilitator(db)

    assert second_step.take(db, halfway(db, fay.facilitator_id or ""), codes[0], at=NOW) is None


def test_recovery_codes_hold_fifty_bits_and_are_stored_as_keyed_hashes(db: Session) -> None:
    import math

    _by, _key, codes = set_up(db)
    symbols = len(codes[0].replace("-", ""))

    assert symbols * math.log2(30) >= 50
    stored = db.scalars(select(RecoveryCodeRow.code_hash)).all()
    assert not {secret.digest(code) for code in codes} & set(stored)
    assert not {code.replace("-", "") for code in codes} & set(stored)


def test_fresh_recovery_codes_replace_the_old_ones(db: Session) -> None:
    fay = a_facilitator(db)
    old = second_step.renew_recovery_codes(db, fay, at=NOW)
    new = second_step.renew_recovery_codes(db, fay, at=NOW)

    assert second_step.recovery_codes_left(db, fay) == 10
    assert second_step.take(db, halfway(db, fay.facilitator_id or ""), old[0], at=NOW) is None
    assert second_step.take(db, halfway(db, fay.facilitator_id or ""), new[0], at=NOW)
    with pytest.raises(Reconfirm):
        second_step.renew_recovery_codes(db, fay, at=NOW + 11 * MINUTE)


def test_the_key_is_sealed_in_the_database(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    by, key, _codes = set_up(db)
    sealed = db.get_one(SecondStepRow, by).sealed_key or ""

    assert key not in sealed
    assert secret.opened(sealed) == key
    monkeypatch.setenv("MCM_SECRET", "another secret that is long enough, too")
    with pytest.raises(secret.SealedElsewhere, match="reset-link"):
        second_step.take(db, halfway(db, by), "123456", at=NOW)


def test_wrong_codes_slow_down_and_stop_whatever_network_they_come_from(db: Session) -> None:
    by, key, codes = set_up(db)
    at, taken = NOW, 0
    for number in range(1000):
        at = NOW + number * timedelta(seconds=3)
        try:
            assert second_step.take(db, halfway(db, by, at=at), f"{number:06}", at=at) is None
            taken += 1
        except Throttled:
            continue

    assert taken <= 15
    with pytest.raises(Throttled):
        second_step.take(db, halfway(db, by, at=at), codes[0], at=at)
    later = at + timedelta(hours=1, seconds=1)
    assert second_step.take(db, halfway(db, by, at=later), code_of(key, later), at=later), "locked for good"


def test_another_app_takes_over_only_when_it_has_shown_a_code_and_signs_others_out(db: Session) -> None:
    gil = invited(db, "gil")
    old = key_of(db, gil)
    inside = signed_in(db, through(db, gil))
    other = signed_in(db, visitors.admit(db, facilitator_id=inside.facilitator_id, at=NOW))
    at = NOW + MINUTE

    new = key_of(db, inside, at=at)
    assert new != old
    assert second_step.take(db, halfway(db, inside.facilitator_id or "", at=at), code_of(old, at), at=at)
    second_step.set_up(db, inside, code_of(new, at), at=at)

    at += MINUTE
    assert second_step.take(db, halfway(db, inside.facilitator_id or "", at=at), code_of(old, at), at=at) is None
    assert second_step.take(db, halfway(db, inside.facilitator_id or "", at=at), code_of(new, at), at=at)
    with pytest.raises(NotAllowed):
        cohorts.of_visitor(db, other)
    assert cohorts.of_visitor(db, inside) == ()


def test_another_app_needs_a_recent_password_or_code(db: Session) -> None:
    fay = a_facilitator(db)

    with pytest.raises(Reconfirm):
        second_step.offer(db, fay, at=NOW + 11 * MINUTE)


@pytest.mark.parametrize(
    ("said", "required"), [("off", False), (" OFF ", False), ("no", True), ("", True), ("0", True)]
)
def test_only_the_word_off_switches_it_off(monkeypatch: pytest.MonkeyPatch, said: str, required: bool) -> None:
    monkeypatch.setenv("MCM_SECOND_FACTOR", said)

    assert second_step.required() is required


def test_every_facilitator_is_asked_by_default_and_none_where_it_is_off(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invited(db, "gil").role is Role.HALFWAY

    monkeypatch.setenv("MCM_SECOND_FACTOR", "off")

    assert invited(db, "hal").role is Role.FACILITATOR


def test_switching_it_on_again_signs_out_who_came_in_without(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    fay = a_facilitator(db)
    with monkeypatch.context() as patch:
        patch.setenv("MCM_SECOND_FACTOR", "off")
        gil = invited(db, "gil")

    second_step.insist(db)

    assert cohorts.of_visitor(db, fay) == ()
    with pytest.raises(NotAllowed):
        cohorts.of_visitor(db, gil)
    assert db.scalar(select(FacilitatorRow.id).where(FacilitatorRow.username == "gil"))
