from datetime import date, datetime, timedelta, timezone

import pytest

from evidence_tracker.casework.exhibits.facts import ExhibitFacts, read_changes, read_facts
from evidence_tracker.casework.exhibits.models import ExhibitKind
from evidence_tracker.casework.exhibits.transfers import TransferFacts
from evidence_tracker.casework.osint.captures import CaptureFacts
from evidence_tracker.errors import InvalidInput


def test_it_reads_words_dates_and_places():
    facts = read_facts(
        ExhibitFacts,
        {
            "kind": "video",
            "collected": {"value": "2022-03-12T14", "zone": "Europe/Kyiv", "zone_basis": "village clock"},
            "place": {"name": "Bucha", "country": "UA"},
            "device_clock_offset_s": -90,
            "is_graphic": True,
            "language": "UK",
        },
    )

    assert facts.kind is ExhibitKind.VIDEO
    assert facts.collected is not None
    assert facts.collected.zone_basis == "village clock"
    assert facts.place is not None
    assert facts.place.country == "UA"
    assert facts.language == "uk"


@pytest.mark.parametrize(
    "name", ["sha256", "size_bytes", "media_type", "blob_id", "reference", "recorded_at"]
)
def test_what_is_ours_to_say_is_refused_by_name(name):
    with pytest.raises(InvalidInput, match=name):
        read_facts(ExhibitFacts, {name: "x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "painting"),
        ("title", 7),
        ("is_graphic", "yes"),
        ("device_clock_offset_s", 1.5),
        ("device_clock_offset_s", True),
        ("collected", "12.03.2022"),
        ("collected", {"value": "2022", "precision": "day"}),
        ("place", {"latitude": "50"}),
        ("place", {"name": "here", "latitude": 50.5}),
        ("particulars", ["a"]),
        ("particulars", {"a": {"b": 1.25}}),
        ("title", "two\x00parts"),
        ("retention", 3),
        ("is_graphic", None),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused(name, value):
    with pytest.raises(InvalidInput):
        read_facts(ExhibitFacts, {name: value})


def test_missing_facts_are_named_all_at_once():
    with pytest.raises(InvalidInput, match="received_by, received_organisation"):
        read_facts(
            TransferFacts,
            {
                "released_by": "PN-AAAAAA",
                "released_organisation": "us",
                "happened": "2022",
                "reason": "lab",
                "condition": "good",
            },
        )


def test_a_blank_is_no_answer_where_one_is_needed():
    with pytest.raises(InvalidInput, match="released by is missing"):
        read_changes(TransferFacts, {"released_by": "  "})


def test_dates_of_toml_keep_their_offset_and_invent_none():
    with_offset = datetime(2022, 3, 12, 14, 30, tzinfo=timezone(timedelta(hours=2)))

    assert read_changes(ExhibitFacts, {"collected": with_offset})["collected"].zone == "+02:00"
    assert read_changes(ExhibitFacts, {"collected": datetime(2022, 3, 12, 14, 30)})["collected"].zone is None  # noqa: DTZ001
    assert read_changes(ExhibitFacts, {"collected": date(2022, 3, 12)})["collected"].value == "2022-03-12"


@pytest.mark.parametrize("value", ["2022-03-12T14:30:00", "yesterday", 5, date(2022, 3, 12)])
def test_an_instant_without_a_zone_is_refused(value):
    with pytest.raises(InvalidInput, match="instant with its zone"):
        read_changes(CaptureFacts, {"captured_at": value})


def test_only_what_is_named_becomes_a_change():
    assert read_changes(ExhibitFacts, {"title": " Note "}) == {"title": "Note"}
