"""Words as the search compares them."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence_tracker.access.folding import excerpt, expression, folded, terms, tokens
from evidence_tracker.access.stated import fold

LETTERS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FFFF), max_size=40)


@given(LETTERS)
def test_it_folds_as_the_names_of_actors_are_folded_but_for_apostrophes_and_ge(text: str):
    assume(not re.search("['’ʼ‘‛`´′ʹʻˈ＇ґҐŉ]", text))
    flat = fold(text)
    assume("'" not in flat and "ʹ" not in flat and "ґ" not in flat)

    assert folded(text) == flat


@given(LETTERS)
def test_what_is_folded_stays_as_it_is(text: str):
    assume("'" not in folded(text))

    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Інтерв’ю", "інтервʼю"),
        ("інтерв'ю", "ІНТЕРВЮ"),
        ("Ґанок", "ганок"),
        ("ёлка", "елка"),
        ("їжак", "іжак"),
        ("Й", "и"),
        ("ﬁle", "FILE"),
        ("Straße", "STRASSE"),
        ("L’École", "lecole"),
        ("zero\u200bwidth", "zerowidth"),
        ("Ἀθῆναι", "αθηναι"),
        ("مُحَمَّد", "محمد"),
        ("one\ntwo\tthree", "one two three"),
    ],
)
def test_these_are_the_same_words(one: str, other: str):
    assert folded(one) == folded(other)


def test_an_english_possessive_ends_a_word():
    assert tokens("the witness’s words") == ("the", "witness", "s", "words")


def test_a_question_is_words_phrases_and_a_beginning():
    asked = terms("«Мій  брат» KYI-E-0031 обстріл* шк")

    assert [(term.words, term.is_beginning) for term in asked] == [
        (("міи", "брат"), False),
        (("kyi", "e", "0031"), False),
        (("обстріл",), True),
        (("шк",), True),
    ]
    assert expression(asked) == '"міи брат" AND "kyi e 0031" AND "обстріл" * AND "шк" *'


def test_one_letter_is_no_beginning():
    assert expression(terms("школа а")) == '"школа" AND "а"'


@pytest.mark.parametrize("asked", ["", '"', "***", "🙂 …", "\0", "«»"])
def test_what_has_no_letter_asks_for_nothing(asked: str):
    assert terms(asked) == []


@given(st.text(max_size=30))
def test_an_expression_holds_letters_spaces_and_its_own_signs(asked: str):
    made = expression(terms(asked))

    bare = re.sub(r'"[^"]*"( \*)?', "", made).replace("AND", "").strip()
    assert bare == ""
    for inside in re.findall(r'"([^"]*)"', made):
        assert all(unicodedata.category(letter)[0] in "LNZ" for letter in inside)


def test_a_passage_is_cut_around_the_first_place_in_the_words_of_the_text():
    text = " ".join(f"слово{n}" for n in range(40)) + " Школу, ОБСТРІЛЯЛИ вночі. " + "кінець " * 40

    pieces = excerpt(text, terms("обстріляли школу"))

    assert [piece.text for piece in pieces if piece.is_found] == ["Школу, ОБСТРІЛЯЛИ"]
    assert pieces[0].text.startswith("… слово32")
    assert pieces[-1].text.endswith("…")


def test_a_passage_far_down_a_long_text_is_found():
    text = "слово " * 5000 + "знахідка тут " + "слово " * 10

    assert [piece.text for piece in excerpt(text, terms("знахідка тут")) if piece.is_found] == [
        "знахідка тут"
    ]


def test_a_short_text_is_shown_whole_and_one_without_the_words_not_at_all():
    assert "".join(piece.text for piece in excerpt("Школа горіла", terms("школа горіла"))) == "Школа горіла"
    assert excerpt("Школа горіла", terms("міст")) == ()
    assert excerpt("", terms("міст")) == ()


def test_a_beginning_is_marked_and_the_middle_of_a_word_is_not():
    pieces = excerpt("школа перешкода школярі", terms("школ"))

    assert [piece.text for piece in pieces if piece.is_found] == ["школа", "школярі"]
