"""The words of a suggested password: enough of them, calm, and none on a broad list of harm."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcm_core.domain import guessable
from mcm_core.domain.account import PASSWORD_MAX, PASSWORD_MIN
from mcm_core.services import passwords
from mcm_core.store import texts
from mcm_core.store.content_lines import BrokenContent

#: What a word must not begin with; and with "…", what it must not hold anywhere.
HARM = """
…abduct …abus …accus addict adulter afraid aggress agon alarm …alcohol …ambush amput anger angry anguish …annihil
anorex anxi arrest arson assail …assassin …assault asylum attack autops bail bait bandage banish barb baston batter
beat beaten betray …bigot bitch …blackmail blam bled …bleed blood bloody bomb bond booz …brawl breast brib brothel
bruis …brutal bullet bulli …bully burglar burial buried burn butcher cadaver cage cancer cannibal …captiv captur
carcass casket castrat casualt cemeter chain chas chok church cigar clergy coerc coffin coma conceiv condom confess
conflict conquer control convict coon corps corrupt cover crack cremat crim crippl …cruel crush cult cunning curs
custod cut cyber dagger damag damn danger dead deaf death debt deceas deceit deceiv decepti defeat defend degrad
demean demon depress derang desper destroy devil diagnos die disab disast diseas disgrac disgust distress divorc
dominat doom dread drown drug drunk duress dying enem enrag enslav erotic escap evict evil execut expel exploit extort
extrem fail fascis fatal fear felon fetus fiend fight fist flog foe fondl forc frantic fraud freak fright fugitiv
funer furious fury gag gambl gang ghast ghost glut gore gory gossip grave groan groom grop grud guilt gun gyp
…handcuff …handgun hang harass harm hate hatr haunt heretic heroin hiding hijack homicid horr hostag …hostage hostil
hound humiliat hunt hurt hyster ill imprison incest infect infidel injur inmat innocen insan insult intox intrud invad
islam isolat jail jealous jewish jihad junkie jury kick …kidnap kill kiss knife lash lawyer lech lesbo lewd liar libel
…lingerie lock lone lonely loss lost lunat lust lynch mad maim malic malign manic manipul martyr massac masturb menac
mental mercy miscarr miser misog mistress mob molest monster morgu morph mosque mourn mugg …murder muslim mutil naked
narcot nasty naz neglect nightmare nude nympho obes obey obscen obses offend oppres orgas orgy orphan outcast overdos
overkill pain panic panti paras parol password pathol penal penet penis perpet persecut pervert pest phob pig pill
pimp pistol plague plead poison polic pollut porn poverty preach predat pregnan prey prick priest pris …prison
probation prosecut prostit prowl prudish psych puk punch punish pursu quarrel rabid rac rag raid ramp rans rape rapi
…rapist ravag rebel refug regret relaps relig repress resent restrain retard reveng revol riot rob ruin ruthless sabot
sadis savage scald scam scar scare scold scorn scream sedat seduc segreg seiz selfish sex shackl shame shoot shot
shriek sick sinist sinn skelet skull slain slander slap slaught slave slay sleaz slit slut smother smuggl snatch sob
sorrow spank spite spy squeal stab stalk starv steal sterili stifl stolen strangl strangul stray stress stricken strik
strip stroke struggl stung stupid subdu submis suffer suffoc suicid surrender surveil suspect swastik swear sweat
swindl syphil taboo tamper tear teas terror thief thiev thrash threat throb throttl tort tortur toxic traff tragic
traitor trap trauma trespass trial troubl tumor tumour tyrant ugl undress unfaith …unkind unloved unsafe unwell urin
vagin vampir vandal vendett vengea venom vermin vicious …victim vile villain …violat violen virgin virus vomit vulnera
war warfare warlock …weak weapon weep welt whip whor wicked widow witch womb worthless wound wreck wrist wrong yell
zealot
"""
#: Words that only begin like one of harm.
FINE = """
tortoise wombat pigeon warbler pimpernel teasel pesto torte tortilla cutlery pestle teaspoon teashop wardrobe warehouse
sweater crimson warm warmth warmly stable prism robot cursive harmonica harmony madrigal racquet paint painter
painted pigment stripe
"""
REPORTED = """
fondling seduce seducing handcuff punisher lustfully throbbing racism islamist extortion robbing stung deceased
graveyard divorcee custody pregnancy cage jailer ambush depress password strangle handgun victim enslave violator
"""


def harms(word: str) -> list[str]:
    return [stem for stem in HARM.split() if (stem[1:] in word if stem[0] == "…" else word.startswith(stem))]


def test_no_word_that_we_suggest_harms() -> None:
    assert {word: found for word in passwords.words() if word not in FINE.split() and (found := harms(word))} == {}


def test_the_list_of_harm_is_broad_and_finds_what_was_once_suggested() -> None:
    """The negative control."""
    assert len(set(HARM.split())) >= 150
    assert [word for word in REPORTED.split() if not harms(word)] == []
    assert not set(FINE.split()) & set(REPORTED.split())


def test_a_suggestion_holds_at_least_64_bits() -> None:
    words = passwords.words()

    assert len(set(words)) == len(words)
    assert math.log2(math.perm(len(words), passwords.WORDS)) >= 64


def test_the_words_are_easy_to_type_and_none_is_one_that_others_try_first() -> None:
    for word in passwords.words():
        assert re.fullmatch(r"[a-z]{3,9}", word), word
        assert list(guessable.remainders(word, passwords._known())) == [(word, [])]


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(st.sampled_from(passwords.words()), min_size=passwords.WORDS, max_size=passwords.WORDS, unique=True),
    own=st.integers(0, passwords.WORDS - 2),
)
def test_every_suggestion_is_taken_also_when_two_of_its_words_are_ones_own_name(words: list[str], own: int) -> None:
    password = "-".join(words)

    passwords.refuse(password, username="k9", name=" ".join(words[own : own + 2]))

    assert PASSWORD_MIN <= len(password) <= PASSWORD_MAX


def test_a_suggestion_is_never_the_same() -> None:
    made = {passwords.suggested() for _ in range(50)}

    assert len(made) == 50
    assert all(set(one.split("-")) <= set(passwords.words()) for one in made)
    assert all(len(set(one.split("-"))) == passwords.WORDS for one in made)


def test_a_phrase_without_words_is_pointed_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "passwords.yaml"
    broken.write_text(
        texts.PASSWORDS.read_text(encoding="utf-8").replace("  - once upon a time there was\n", "  - ''\n")
    )
    monkeypatch.setattr(texts, "PASSWORDS", broken)

    with pytest.raises(BrokenContent, match=r"passwords\.yaml, line \d+"):
        texts.passwords.__wrapped__()
