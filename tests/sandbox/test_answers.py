"""The check of answers, against anything JSON can say."""

from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.sandbox.answers import (
    LONGEST_TEXT,
    LONGEST_VALUE,
    UNWANTED,
    clean,
    examination_from,
    media_type_from,
    text_from,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "width",
    "height",
    "taken_text",
    "taken_offset",
    "latitude",
    "longitude",
    "make",
    "pages",
    "properties",
]


def is_clean(text):
    return text is None or (
        isinstance(text, str) and not UNWANTED.search(text) and len(text) <= LONGEST_VALUE
    )


@given(JSON | st.dictionaries(st.sampled_from([*FIELDS, "failed", "else"]), JSON))
def test_whatever_is_answered_an_examination_holds_only_what_it_may(answer):
    found = examination_from(answer)
    for count in (found.width, found.height, found.pages):
        assert count is None or (type(count) is int and 0 <= count < 2**31)
    for text in (found.taken_text, found.taken_offset, found.make, found.model, found.failed):
        assert is_clean(text)
    assert found.latitude is None or abs(float(found.latitude)) <= 90
    assert found.longitude is None or abs(float(found.longitude)) <= 180
    assert all(is_clean(name) and is_clean(value) for name, value in found.properties.items())


@given(JSON | st.dictionaries(st.sampled_from(["value", "detector", "version", "failed"]), JSON))
def test_whatever_is_answered_a_media_type_is_one(answer):
    said = media_type_from(answer)
    assert said.value.count("/") == 1
    assert is_clean(said.detector)
    assert is_clean(said.detector_version)
    assert (said.detector == "none") is (said.failed is not None)


@given(JSON, st.binary(max_size=200))
def test_whatever_is_answered_a_text_is_text(answer, body):
    said = text_from(answer, body)
    assert not UNWANTED.search(said.text)
    assert is_clean(said.failed)


@given(st.text())
def test_cleaning_keeps_every_letter(text):
    letters = [character for character in text if character.isalnum()]
    assert [character for character in clean(text) if character.isalnum()] == letters


def test_persian_keeps_its_joiners_and_loses_direction_marks():
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("gpj.\u202eexe") == "gpj. exe"


def test_a_text_is_cut_not_refused():
    assert len(text_from({}, b"a" * (LONGEST_TEXT + 5)).text) == LONGEST_TEXT
