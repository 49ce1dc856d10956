import os

from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.access.records import cleaned
from evidence_tracker.casework.exhibits.names import MAX_NAME, kept

ANY_BYTES = st.binary(min_size=1, max_size=80).filter(lambda raw: b"\0" not in raw)


def test_a_clean_name_stays_as_it_is():
    assert kept("фото 1 (копія).jpg") == "фото 1 (копія).jpg"


def test_bytes_that_are_not_text_are_shown():
    assert kept(b"caf\xe9.jpg") == "caf\\xe9.jpg"


def test_control_characters_and_turned_writing_are_shown():
    assert kept("a\nb\u202egpj.exe") == "a\\u000ab\\u202egpj.exe"


def test_spaces_at_the_edge_are_not_lost():
    assert kept(" a ") == "\\u0020a\\u0020"


def test_a_very_long_name_is_cut_and_says_so():
    assert len(kept("x" * 9000)) == MAX_NAME
    assert kept("x" * 9000).endswith("…")


@given(ANY_BYTES)
def test_every_name_can_be_recorded_and_printed(raw):
    name = kept(raw)

    assert cleaned({"original_name": name}) == {"original_name": name}
    name.encode("utf-8")


@given(ANY_BYTES, ANY_BYTES)
def test_two_names_never_become_one(one, other):
    assert (kept(one) == kept(other)) == (os.fsdecode(one) == os.fsdecode(other))
