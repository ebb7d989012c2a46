"""What is known of words."""

import json
from collections import Counter
from importlib import resources
from itertools import combinations, product

from bot.news.stories.lexicon import Kind, load_lexicon, related
from bot.news.stories.stems import stem


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


def test_opposites_and_families_are_of_known_words() -> None:
    lexicon = load_lexicon()
    known = {key for phrases in lexicon.phrases.values() for _, key, _ in phrases}
    named = {act for axis in lexicon.axes for group in axis for act in group}
    named |= {act for family in lexicon.families for act in family}
    named |= {act for axis in lexicon.first_axes for group in axis for act in group}
    named |= {word for group in (*lexicon.exclusive, *lexicon.domains) for word in group}
    assert named <= known


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
