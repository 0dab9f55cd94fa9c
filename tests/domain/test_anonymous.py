"""What an anonymous picture may say: an onlooker who answered, even two of them together, learn nobody's answer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations_with_replacement

import pytest

from mcm_core.domain.anonymous import crowd, freeze, kept, leaning, picture
from mcm_core.domain.bag import COMMENTS_FROM, Bag, empty, put
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.instrument import OwnWords
from mcm_core.domain.mode import Mode, promise, refuse_too_small, threshold
from mcm_core.domain.reading import NonAnswer, Reading
from mcm_core.domain.release import Earlier, Release, Share
from mcm_core.domain.release import freeze as freeze_linked
from mcm_core.domain.round import LaunchCard, refuse_card
from mcm_core.domain.tally import Tally
from tests.builders import instrument, text, unordered

CARD = LaunchCard(instrument(themes=("Tools", "Safety")), ("tools", "safety"), mode=Mode.ANONYMOUS)
ONE = LaunchCard(instrument(themes=("Tools",)), ("tools",), mode=Mode.ANONYMOUS)


def asked(key) -> OwnWords:
    return OwnWords(key, text(key.capitalize()), text(f"What of {key}?"))


def bag_of(levels, *, start=0, comment="") -> Bag:
    bag = empty(ONE)
    for place, level in enumerate(levels, start=start):
        bag = put(bag, ONE, f"m{place}", {"tools": Reading(level, 4 if level > 0 else None)}, comment)
    return bag


def shown(levels, *, earlier=(), session=1, start=0):
    return freeze(
        "tools", bag_of(levels, start=start), session_number=session, attempt=1, threshold=5, of=20, earlier=earlier
    )


def past(levels, *, session=1, start=0) -> Earlier:
    bag = bag_of(levels, start=start)
    release = shown(levels, session=session, start=start)
    return Earlier(session, {}, release, crowd(release, kept(release, bag.counts["tools"]["current"]), bag.answered))


# ------------------------------------------------------------------------------------------------- the bag


def test_the_bag_is_the_same_in_whatever_order_people_answered():
    ballots = [("m1", 1, "b"), ("m2", 4, "a"), ("m3", NonAnswer.PASS, ""), ("m4", 2, "c")]
    bags = []
    for order in (ballots, ballots[::-1]):
        bag = empty(ONE)
        for who, level, comment in order:
            bag = put(bag, ONE, who, {"tools": Reading(level, 3)}, comment)
        bags.append(bag)

    assert bags[0] == bags[1]
    assert repr(bags[0].counts) == repr(bags[1].counts)
    assert bags[0].comments == ("a", "b", "c")


def test_a_ballot_is_whole_or_refused():
    with pytest.raises(Refused, match="Still to answer: Safety"):
        put(empty(CARD), CARD, "m1", {"tools": Reading(2, 3)})
    with pytest.raises(Refused, match="Still to answer: Tools"):
        put(empty(ONE), ONE, "m1", {"tools": Reading(2, None)})
    with pytest.raises(Refused, match="does not exist"):
        put(empty(ONE), ONE, "m1", {"tools": Reading(9, 3)})
    with pytest.raises(Refused, match="not part of this round"):
        put(empty(ONE), ONE, "m1", {"tools": Reading(2, 3), "weather": Reading(2, 3)})
    with pytest.raises(Refused, match="1000"):
        put(empty(ONE), ONE, "m1", {"tools": Reading(2, 3)}, "x" * 1001)


WORDED = replace(ONE, instrument=replace(ONE.instrument, texts=(asked("change"), asked("takeaway"))))


def test_answers_in_words_are_parted_and_say_which_question_they_answer():
    bag = put(empty(WORDED), WORDED, "m1", {"tools": Reading(2, 3)}, texts={"takeaway": " pauses ", "change": "tea"})
    bag = put(bag, WORDED, "m2", {"tools": Reading(2, 3)}, texts={"takeaway": "", "change": "\x00"})

    assert bag.comments == ("Change: tea", "Takeaway: pauses")


def test_words_that_were_not_asked_for_are_refused():
    silent = replace(ONE, instrument=replace(ONE.instrument, texts=()))
    for card, said in ((ONE, {"texts": {"change": "tea"}}), (silent, {"texts": {"change": "tea"}})):
        with pytest.raises(Refused, match="not part of this round"):
            put(empty(card), card, "m1", {"tools": Reading(2, 3)}, **said)
    with pytest.raises(Refused, match="1000"):
        put(empty(WORDED), WORDED, "m1", {"tools": Reading(2, 3)}, texts={"change": "x" * 1001})
    assert put(empty(silent), silent, "m1", {"tools": Reading(2, 3)}, "unasked").comments == ()


def test_only_the_ways_of_not_choosing_that_are_offered_are_taken():
    card = replace(ONE, instrument=replace(ONE.instrument, non_answers=(NonAnswer.PASS,)))

    assert put(empty(card), card, "m1", {"tools": Reading(NonAnswer.PASS)}).counts["tools"]["current"].passed == 1
    with pytest.raises(Refused, match="does not exist"):
        put(empty(card), card, "m1", {"tools": Reading(NonAnswer.NOT_SURE, 2)})


def test_a_second_ballot_is_refused():
    with pytest.raises(Conflict, match="already answered"):
        put(bag_of([2]), ONE, "m0", {"tools": Reading(3, 3)})


def test_a_hope_after_rather_not_say_is_not_counted():
    bag = put(empty(ONE), ONE, "m1", {"tools": Reading(NonAnswer.PASS, 4)})

    assert bag.counts["tools"]["desired"] == Tally((0, 0, 0, 0))


@pytest.mark.parametrize(("people", "read"), [(COMMENTS_FROM - 1, 0), (COMMENTS_FROM, 8)])
def test_comments_are_read_only_when_eight_answered(people, read):
    bag = empty(ONE)
    for place in range(people):
        bag = put(bag, ONE, f"m{place}", {"tools": Reading(2, 3)}, f"comment {place}")

    assert len(bag.readable_comments()) == read


def test_comments_come_in_no_order():
    bag = replace(bag_of([1] * 8), comments=tuple("abcdefgh"))

    assert len({bag.readable_comments() for _ in range(20)}) > 1


# -------------------------------------------------------------------------------------------- the picture


def tallies(people: int, levels: int) -> Iterator[tuple[int, ...]]:
    if levels == 1:
        yield (people,)
        return
    for here in range(people + 1):
        for rest in tallies(people - here, levels - 1):
            yield (here, *rest)


def told_by(show: Callable[[Tally], object], people: int, *, insiders: int, levels: int = 4) -> int:
    """In how many situations `insiders` who know their own answers know that all the others are at one level."""
    alike = defaultdict(list)
    for counts in tallies(people, levels):
        alike[show(Tally(counts))].append(counts)
    known = 0
    for fitting in alike.values():
        for own in combinations_with_replacement(range(levels), insiders):
            rests = [[count - own.count(level) for level, count in enumerate(counts)] for counts in fitting]
            possible = {level for rest in rests if min(rest) >= 0 for level, count in enumerate(rest) if count}
            known += len(possible) == 1
    return known


@pytest.mark.parametrize("insiders", [0, 1, 2])
@pytest.mark.parametrize("people", range(5, 13))
def test_no_picture_gives_an_answer_to_two_who_answered(people, insiders):
    assert told_by(picture, people, insiders=insiders) == 0


@pytest.mark.parametrize("people", range(5, 13))
def test_the_negative_control_counts_would(people):
    """Unanimity, and two who both answered otherwise, tell the rest. So do three levels, in words."""
    assert told_by(lambda tally: tally.levels, people, insiders=0) > 0
    assert people > 9 or told_by(picture, people, insiders=2, levels=3) > 0


def test_too_few_levels_cannot_be_anonymous():
    few = unordered(levels=("Too slow", "About right", "Too fast"))

    with pytest.raises(Refused, match="too few answers"):
        refuse_card(LaunchCard(few, ("this_week",), mode=Mode.ANONYMOUS))
    refuse_card(LaunchCard(few, ("this_week",)))


def test_what_is_asked_anonymously_alone_is_asked_in_no_other_way():
    only = replace(ONE, instrument=replace(ONE.instrument, anonymous=True))

    refuse_card(only)
    with pytest.raises(Refused, match="anonymously or not at all"):
        refuse_card(replace(only, mode=Mode.CONFIDENTIAL))
    with pytest.raises(Refused, match="opens by itself"):
        refuse_card(replace(only, instrument=replace(only.instrument, between=True)))


def test_words_below_ten_and_counts_from_ten():
    words = shown([1, 2, 2, 2, 2, 2, 3, 3, 3])
    counts = shown([1, 2, 2, 2, 2, 2, 3, 3, 3, NonAnswer.PASS, 3])

    assert words.current is None
    assert words.current_shares == (Share.FEW, Share.MOST, Share.SOME, Share.FEW)
    assert leaning(words.current_shares) == [2]
    assert counts.current == Tally((1, 5, 4, 0))
    assert (counts.answered, counts.current.passed) == (11, 0)


@pytest.mark.parametrize("levels", [[2] * 12, [2] * 10 + [1, 1], [2] * 9 + [1, 3, 4]])
def test_unanimity_is_softened(levels):
    release = shown(levels)

    assert release.current is None
    assert release.current_shares == (Share.FEW, Share.NEARLY_ALL, Share.FEW, Share.FEW)
    assert leaning(release.current_shares) == [2]


def test_what_was_frozen_as_most_where_nearly_all_chose_the_same_is_still_understood():
    """Pictures from before “all or nearly all” had a word of its own."""
    before = Release("tools", 1, 1, 12, None, current_shares=(Share.FEW, Share.MOST, Share.FEW, Share.FEW))

    behind = crowd(before, {"chose": [12]}, frozenset())

    assert (behind.counts, behind.most) == ((0, 9, 0, 0, 0), (3, 12, 3, 3, 0))


def test_four_answers_show_nothing():
    release = shown([1, 2, 3, 4])

    assert not release.is_shown
    assert "Fewer than 5" in release.withheld


def test_an_anonymous_round_has_no_shift():
    assert shown([2] * 8, session=2, earlier=(past([1] * 8),)).shifts == ()


# ------------------------------------------------------------------------------------- what is kept of it


def kept_behind(counts: tuple[int, ...], *, keep=kept) -> object:
    """All that the file holds of a picture: what is shown, and what the next one is compared with. The last of `counts`
    chose no level."""
    *levels, others = counts
    tally = Tally(tuple(levels), passed=others)
    seen = picture(tally) if tally.n >= 5 else None
    words, numbers = (seen, None) if isinstance(seen, tuple) else (None, seen)
    release = Release("tools", 1, 1, sum(counts), numbers, current_shares=words)
    return words, numbers, repr(keep(release, tally))


def looked_up(people: int, *, insiders: int, keep=kept) -> int:
    return told_by(lambda tally: kept_behind(tally.levels, keep=keep), people, insiders=insiders, levels=5)


@pytest.mark.parametrize("insiders", [0, 1, 2])
@pytest.mark.parametrize("people", [5, 6, 7, 9, 10, 12])
def test_who_looks_up_who_answered_and_what_is_kept_learns_no_answer_either(people, insiders):
    assert looked_up(people, insiders=insiders) == 0


@pytest.mark.parametrize("people", [5, 9, 12])
def test_the_control_the_counts_themselves_would_tell(people):
    assert looked_up(people, insiders=0, keep=lambda _, tally: tally.all_counts()) > 0


def test_of_a_picture_that_is_not_shown_nothing_is_kept():
    release = shown([2, 2, 2, 2])

    assert kept(release, Tally((0, 4, 0, 0))) is None


@pytest.mark.parametrize("people", range(5, 13))
def test_what_is_kept_in_words_allows_what_was_chosen(people):
    """So that the guard never takes a picture that stood still for one that moved."""
    for counts in tallies(people, 5):
        *levels, others = counts
        tally = Tally(tuple(levels), passed=others)
        seen = picture(tally)
        if tally.n >= 5 and isinstance(seen, tuple):
            release = Release("tools", 1, 1, people, None, current_shares=seen)
            behind = crowd(release, kept(release, tally), frozenset())
            assert all(a <= b <= c for a, b, c in zip(behind.counts, counts, behind.most or behind.counts, strict=True))


def test_when_nearly_all_chose_the_same_one_absence_closes_what_may_have_stood_still():
    """How many chose what is not kept then, so the guard supposes the worst."""
    week1 = past([2, 2, 2, 2, 2, 2, 2, 3])

    assert week1.unlinked.most
    assert not shown([2, 2, 2, 2, 2, 2, 2], session=2, earlier=(week1,)).is_shown
    assert not shown([2, 2, 2, 2, 2, 1, 4], session=2, earlier=(week1,)).is_shown
    assert shown([3, 3, 3, 3, 1, 1, 4], session=2, earlier=(week1,)).is_shown


# ---------------------------------------------------------------------------------- beside other pictures


@pytest.mark.parametrize(
    ("start", "more", "closed"), [(0, 1, True), (0, 2, True), (1, 1, True), (0, 3, False), (0, 0, False)]
)
def test_a_vote_again_may_not_differ_by_one_or_two_people(start, more, closed):
    release = shown(
        [1, 2, 2, 2, 3, 3, 3, 4][: 8 - start] + [4] * more, earlier=(past([1, 2, 2, 2, 3, 3, 3, 4]),), start=start
    )

    assert release.is_shown is not closed
    assert bool(release.withheld) is closed


def test_one_who_now_passes_is_not_given_away():
    same_people = shown([1, 2, 2, 2, 3, 3, 3, NonAnswer.PASS], earlier=(past([1, 2, 2, 2, 3, 3, 3, 4]),))

    assert not same_people.is_shown


def test_a_week_later_one_absence_closes_only_a_picture_that_stood_still():
    week1 = past([1, 2, 2, 2, 3, 3, 3, 4])

    assert not shown([1, 2, 2, 2, 3, 3, 3], session=2, earlier=(week1,)).is_shown
    assert shown([2, 2, 2, 2, 3, 3, 4], session=2, earlier=(week1,)).is_shown


def linked(levels, *, earlier=(), session=1):
    answers = {f"m{place}": Reading(level, None) for place, level in enumerate(levels)}
    release = freeze_linked(
        "tools", answers, session_number=session, attempt=1, levels=4, ordered=True, threshold=5, earlier=earlier
    )
    return Earlier(session, answers, release)


def test_a_picture_of_another_mode_is_compared_too():
    eight, seven = [1, 2, 2, 2, 3, 3, 3, 4], [1, 2, 2, 2, 3, 3, 3]

    assert not shown(seven, earlier=(linked(eight),)).is_shown
    assert shown(eight, earlier=(linked(eight),)).is_shown
    assert linked(seven, earlier=(past(eight),)).release.current is None
    assert linked(eight, earlier=(past(eight),)).release.current is not None


# ----------------------------------------------------------------------------------------- what is promised


def test_each_mode_says_what_it_keeps():
    assert "We can't show, change or delete it later" in promise(Mode.ANONYMOUS, 5)
    assert "totals of 7 people or more" in promise(Mode.CONFIDENTIAL, 7)
    assert "only if you say yes" in promise(Mode.NAMED, 5)
    assert "In a small group, people may still guess" in promise(Mode.ANONYMOUS, 5)


@pytest.mark.parametrize("mode", Mode)
def test_each_mode_says_what_whoever_runs_the_computer_could_do(mode):
    could = "watch while you answer" if mode is Mode.ANONYMOUS else "read them"

    assert re.search(rf"The person who looks after the computer could\b[^.]*\b{could}\.", promise(mode, 5))


def test_a_named_round_does_not_say_that_a_name_shows_and_that_it_does_not():
    sentences = promise(Mode.NAMED, 5).split(". ")

    assert [sentence for sentence in sentences if "name" in sentence.casefold().split()] == [
        "Your name shows with your answers only if you say yes"
    ]


def test_a_group_that_is_too_small_is_told_before_it_is_asked():
    with pytest.raises(Refused, match=r"There are 4 of you; this could not be anonymous.*talk it through.*names.*skip"):
        refuse_too_small(4, threshold(Mode.ANONYMOUS, 3))
    refuse_too_small(5, threshold(Mode.ANONYMOUS, 3))
    assert threshold(Mode.CONFIDENTIAL, 3) == 3
