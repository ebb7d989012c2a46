"""What is known of words."""

import json
from collections import Counter
from importlib import resources
from itertools import combinations, product

import pytest

from bot.news.stories.lexicon import Kind, load_lexicon, related
from bot.news.stories.stems import stem
from bot.news.stories.wording import words_in


def test_no_word_stands_for_two_things() -> None:
    """Two words of one stem are one word; "FIL", which needs its capitals, is not "file"."""
    text = resources.files("bot.news.stories").joinpath("words.json").read_text("utf-8")
    known = json.loads(text)
    counts = Counter(
        tuple(stem(word) for word in phrase.replace("-", " ").split())
        for part in ("assets", "names", "same", "actions")
        for phrases in known[part].values()
        for phrase in phrases.split(", ")
        if phrase != "fil"
    )
    assert [phrase for phrase, count in counts.items() if count > 1] == []


def acts_known() -> set[str]:
    lexicon = load_lexicon()
    phrases = (phrase for some in lexicon.phrases.values() for phrase in some)
    return {key for _, key, kind in phrases if kind is Kind.ACTION} | {
        act for _, act in lexicon.composed
    }


def test_opposites_families_and_chains_are_of_known_acts() -> None:
    lexicon = load_lexicon()
    named = {act for family in (*lexicon.families, *lexicon.domains) for act in family}
    named |= {act for axis in lexicon.first_axes for group in axis for act in group}
    named |= {act for chain in lexicon.chains.values() for act in chain}
    named |= set(lexicon.faint)
    assert named <= acts_known()


def test_other_opposites_are_of_known_words() -> None:
    lexicon = load_lexicon()
    known = {key for phrases in lexicon.phrases.values() for _, key, _ in phrases}
    named = {act for axis in lexicon.axes for group in axis for act in group}
    named |= {word for group in lexicon.exclusive for word in group}
    assert named <= known


def test_scenes_are_names_that_the_lexicon_gives() -> None:
    """A stem in the place of a key, as "senat" for "senate", would never be met."""
    phrases = load_lexicon().phrases.values()
    names = {key for some in phrases for _, key, kind in some if kind is Kind.NAME}
    assert load_lexicon().scenes <= names


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The Senate votes", "senate"),
        ("US House votes", "house"),
        ("Congress votes", "congress"),
        ("White House orders", "white_house"),
        ("New York sues", "new_york"),
        ("Democrats oppose it", "democrat"),
    ],
)
def test_a_scene_is_met_in_a_headline(text: str, key: str) -> None:
    assert key in load_lexicon().scenes
    assert key in {word.key for word in words_in(text) if word.kind is Kind.NAME}


def test_no_key_of_a_list_is_one_that_no_word_gives() -> None:
    """A key is given by a phrase, or is the stem of a word that stands for nothing else."""
    lexicon = load_lexicon()
    given = {key for phrases in lexicon.phrases.values() for _, key, _ in phrases}
    named = lexicon.often | lexicon.implied.keys() | set(lexicon.implied.values())
    named |= frozenset().union(*lexicon.classes.values())
    elsewhere = {
        key
        for key in named - given
        if "_" in key or any(len(stems) == 1 for stems, _, _ in lexicon.phrases.get(key, ()))
    }
    assert elsewhere == set()


def test_no_two_opposites_are_related() -> None:
    for axis in load_lexicon().axes:
        for group, other in combinations(axis, 2):
            for act, opposite in product(group, other):
                assert not related(act, opposite), (act, opposite)


def test_rare_words_weigh_more_than_common_ones() -> None:
    lexicon = load_lexicon()
    crypto, zettahash = (lexicon.weight(word, Kind.WORD) for word in ("crypto", "zettahash"))
    assert 0 < crypto < zettahash


def test_acts_that_sources_mix_up_are_related() -> None:
    assert related("buy", "invest")
    assert not related("buy", "sell")
    assert not related("no such act", "buy")
