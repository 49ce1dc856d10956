import pytest

from evidence_tracker.casework.exhibits.models import Confidence, ListHit, PhotoView
from evidence_tracker.casework.exhibits.physical import Photo
from evidence_tracker.casework.exhibits.queries import find_remnant, list_remnants
from evidence_tracker.casework.exhibits.remnants import (
    ComponentFacts,
    add_component,
    add_remnant_photo,
    amend_component,
    amend_remnant,
    components_of,
)
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotFound, NotPermitted
from tests.factories.exhibits import photo, remnant


def test_nobody_handles_what_nobody_cleared(session, instance, cast):
    with pytest.raises(GateClosed, match="cleared"):
        remnant(session, instance.vault, cast, is_handled=True)
    with pytest.raises(GateClosed, match="cleared"):
        remnant(session, instance.vault, cast, is_handled=True, cleared_by=" ")

    row = remnant(session, instance.vault, cast, is_handled=True, cleared_by="EOD team 4")

    assert row.reference == "KYI-R-0001"


def test_what_was_not_cleared_does_not_become_handled_later(session, instance, cast):
    row = remnant(session, instance.vault, cast)

    with pytest.raises(GateClosed):
        amend_remnant(session, row, {"is_handled": True}, actor=cast.amina)
    amend_remnant(session, row, {"is_handled": True, "cleared_by": "EOD team 4"}, actor=cast.amina)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"munition": None}, "go together"),
        ({"confidence": Confidence.UNKNOWN}, "go together"),
        ({"munition_basis": None}, "rests on"),
        ({"crater_depth_mm": -1}, "negative"),
        ({"crater_azimuth_deg": 360}, "azimuth"),
    ],
)
def test_a_hypothesis_is_rated_and_measures_are_possible(session, instance, cast, facts, said):
    with pytest.raises(InvalidInput, match=said):
        remnant(session, instance.vault, cast, **facts)


def test_remains_may_have_no_hypothesis(session, instance, cast):
    row = remnant(
        session, instance.vault, cast, munition=None, munition_basis=None, confidence=Confidence.UNKNOWN
    )

    assert row.munition is None


def test_a_component_keeps_its_marks_and_its_code_in_one_spelling(session, instance, cast):
    row = remnant(session, instance.vault, cast)
    mark = photo(session, instance.vault, cast, 88)

    part = add_component(
        session,
        row,
        ComponentFacts(
            description="Microcontroller",
            part_number="XC-2C256",
            hs_code="8542.31",
            seat_country="us",
            battlefield_list=ListHit.YES,
            battlefield_tier=1,
            battlefield_version="2025-02",
        ),
        trademark_image=mark,
        actor=cast.amina,
    )

    assert (part.hs_code, part.seat_country, part.trademark_image_id) == ("854231", "US", mark.id)
    assert list(components_of(session, row, actor=cast.amina)) == [part]


@pytest.mark.parametrize(
    "facts",
    [
        {"hs_code": "85"},
        {"hs_code": "854231x"},
        {"seat_country": "ZZ"},
        {"battlefield_list": ListHit.YES},
        {"battlefield_list": ListHit.NO, "battlefield_version": "2025-02", "battlefield_tier": 2},
        {"battlefield_list": ListHit.YES, "battlefield_version": "2025-02", "battlefield_tier": 5},
        {"description": " "},
    ],
)
def test_a_component_that_contradicts_itself_is_refused(session, instance, cast, facts):
    row = remnant(session, instance.vault, cast)

    with pytest.raises(InvalidInput):
        add_component(session, row, ComponentFacts(**{"description": "Chip", **facts}), actor=cast.amina)


def test_a_component_is_corrected_with_its_newest_version(session, instance, cast):
    row = remnant(session, instance.vault, cast)
    part = add_component(session, row, ComponentFacts("Chip"), actor=cast.amina)
    amend_component(session, part, {"date_code": "2139"}, actor=cast.amina, expected_version=1)

    with pytest.raises(Conflict):
        amend_component(session, part, {"date_code": "2140"}, actor=cast.amina, expected_version=1)
    with pytest.raises(InvalidInput, match="remnant_id"):
        amend_component(session, part, {"remnant_id": row.id}, actor=cast.amina)


def test_photos_show_the_remains(session, instance, cast):
    row = remnant(session, instance.vault, cast)

    link = add_remnant_photo(
        session, row, Photo(photo(session, instance.vault, cast, 91), PhotoView.MARKING), actor=cast.amina
    )

    assert link.remnant_id == row.id


def test_an_outsider_records_and_finds_nothing(session, instance, cast):
    row = remnant(session, instance.vault, cast)
    add_component(session, row, ComponentFacts("Chip"), actor=cast.amina)

    with pytest.raises(NotPermitted):
        add_component(session, row, ComponentFacts("Chip"), actor=cast.outsider)
    with pytest.raises(NotPermitted):
        amend_remnant(session, row, {"fuze": "MRV"}, actor=cast.outsider)
    with pytest.raises(NotFound):
        find_remnant(session, row.reference, actor=cast.outsider)
    assert list(components_of(session, row, actor=cast.outsider)) == []
    assert list(list_remnants(session, actor=cast.outsider)) == []
