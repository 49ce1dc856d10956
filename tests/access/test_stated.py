"""Facts as people state them: what is exact is kept, the rest is refused by name."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.access import stated
from evidence_tracker.access.levels import Level
from evidence_tracker.casework.parties.models import PartyKind
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.countries import COUNTRIES
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place


def test_a_word_is_read_in_any_case_and_an_unknown_one_names_the_known():
    assert stated.word(PartyKind)(" Court ", "kind") is PartyKind.COURT
    with pytest.raises(InvalidInput, match="'judge' is not a known kind") as refused:
        stated.word(PartyKind)("judge", "kind")
    assert "court" in refused.value.advice


@pytest.mark.parametrize("value", [None, "", "  \n ", 7, ["a"]])
def test_it_refuses_a_needed_text_that_is_not_there(value):
    with pytest.raises(InvalidInput, match="name"):
        stated.text(value, "name")


@pytest.mark.parametrize("value", ["a\x00b", "a\x1b[2Jb", "a\x7f", "a\ud800b"])
def test_it_refuses_control_characters_and_half_characters(value):
    with pytest.raises(InvalidInput, match="name"):
        stated.text(value, "name")


def test_it_refuses_a_text_without_end():
    with pytest.raises(InvalidInput, match="longer than"):
        stated.text("a" * 1_000_001, "notes")


def test_a_list_keeps_its_order_and_drops_doubles():
    assert stated.texts(["b", " a ", "b"], "things") == ["b", "a"]
    with pytest.raises(InvalidInput, match="must be a list"):
        stated.texts("ab", "things")


@pytest.mark.parametrize("value", [True, 1.5, "3", None])
def test_only_a_whole_number_is_a_whole_number(value):
    with pytest.raises(InvalidInput, match="whole number"):
        stated.whole(value, "count")


@pytest.mark.parametrize("value", [-1, 1_000_000_001])
def test_a_count_is_neither_negative_nor_absurd(value):
    with pytest.raises(InvalidInput, match="0 or more"):
        stated.count(value, "count")


def test_a_moment_is_read_from_every_form_a_door_hands_over():
    march = Moment.parse("2022-03-12T14:30", zone="Europe/Kyiv", zone_basis="as the witness said")
    assert stated.moment(march, "day") is march
    assert stated.moment(march.to_json(), "day") == march
    assert (
        stated.moment(
            {"value": "2022-03-12T14:30", "zone": "Europe/Kyiv", "zone_basis": "as the witness said"}, "day"
        )
        == march
    )
    assert stated.moment("c. 2022-03", "day").is_approximate
    assert stated.moment(datetime(2022, 3, 12, tzinfo=UTC), "day").zone == "UTC"


@pytest.mark.parametrize("value", [None, 2022, {}, {"value": "2022", "tz": "UTC"}, ["2022"]])
def test_what_is_no_moment_is_refused_by_the_name_of_the_field(value):
    with pytest.raises(InvalidInput, match="day of asking"):
        stated.moment(value, "day of asking")


def test_a_place_is_read_from_its_name_or_its_fields():
    assert stated.place("Вигадане", "place") == Place("Вигадане")
    read = stated.place(
        {"name": "Vyhadane", "latitude": "48.5", "longitude": "37.9", "how_known": "map", "precision_m": 50},
        "place",
    )
    assert (read.latitude, read.precision_m) == ("48.5", 50)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"latitude": "1"}, "needs a name"),
        ({"name": "X", "lat": "1"}, "has no lat"),
        ({"name": "X", "latitude": 1.5, "longitude": "2", "how_known": "map"}, "latitude of the place"),
        ({"name": "X", "precision_m": 1.5}, "precision in metres"),
        ({"name": "  "}, "is missing"),
        (5, "needs a name"),
    ],
)
def test_a_place_that_is_half_stated_is_refused(value, fault):
    with pytest.raises(InvalidInput, match=fault):
        stated.place(value, "place")


def test_the_country_that_people_write_uk_is_gb():
    assert stated.country(" ua ", "country") == "UA"
    with pytest.raises(InvalidInput, match="'UK' is not a country code") as refused:
        stated.country("uk", "country")
    assert "GB" in refused.value.advice


def test_there_are_249_countries_and_one_that_many_bodies_use():
    assert len(COUNTRIES) == 250
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)


@pytest.mark.parametrize(
    ("written", "kept"), [("UK", "uk"), ("kk-cyrl", "kk-Cyrl"), ("EN-gb", "en-GB"), ("es-419", "es-419")]
)
def test_a_language_tag_takes_its_usual_case(written, kept):
    assert stated.language(written, "language") == kept


@pytest.mark.parametrize("written", ["Ukrainian", "", "u", "uk_UA", "ук", "uk-", "en-GB-oed"])
def test_what_is_no_language_tag_is_refused(written):
    with pytest.raises(InvalidInput):
        stated.language(written, "language")


def test_a_span_is_read_at_its_widest_and_cannot_run_backwards():
    since, until = stated.span(Moment.parse("2022-03"), Moment.parse("2022-04"))
    assert since is not None
    assert until is not None
    assert since < datetime(2022, 3, 1, tzinfo=UTC)
    assert until > datetime(2022, 4, 30, 23, tzinfo=UTC)
    assert stated.span(None, None) == (None, None)
    with pytest.raises(InvalidInput, match="ends before it begins"):
        stated.span(Moment.parse("2022-04"), Moment.parse("2022-03-01"))


def test_unknown_facts_are_refused_all_by_name():
    with pytest.raises(InvalidInput, match="called colour, size") as refused:
        stated.read({"size": 1, "colour": 2, "level": "PUBLIC"}, stated.GOVERNED)
    assert "legal_basis, level, purpose" in refused.value.advice


def test_levels_are_read_in_any_case():
    assert stated.read({"level": "restricted"}, stated.GOVERNED) == {"level": Level.RESTRICTED}


def test_folding_takes_away_what_cannot_be_seen():
    assert stated.fold("Gre\u200by\x00 \u202eWolves\u00ad") == "grey wolves"
    assert stated.fold("\x00") == ""


@given(st.text())
def test_folding_twice_changes_nothing(text):
    once = stated.fold(text)
    assert stated.fold(once) == once


@given(st.text())
def test_folding_does_not_see_how_letters_were_composed(text):
    assert stated.fold(unicodedata.normalize("NFC", text)) == stated.fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kamianka", "KAMIANKA, north bank", True),
        ("Нова Вигадана громада", "громада", True),
        ("Kamianka", "Mala Kamiankivka", False),
        ("Kamianka north", "north Kamianka", False),
        ("", "Kamianka", False),
        ("—", "—", False),
    ],
)
def test_areas_meet_when_the_words_of_one_stand_in_the_other(one, other, same):
    assert stated.same_words(one, other) is same
    assert stated.same_words(other, one) is same
