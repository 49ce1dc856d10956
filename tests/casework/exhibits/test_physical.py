import io

import pytest

from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.derivatives import derive
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import home_for
from evidence_tracker.casework.exhibits.models import DerivativeKind, ExhibitKind, Hazard, PhotoView
from evidence_tracker.casework.exhibits.physical import (
    Photo,
    PhysicalFacts,
    add_photo,
    item_of,
    photos_of,
    take_in_item,
    thing_with_photos,
)
from evidence_tracker.errors import GateClosed, InvalidInput, NotPermitted
from tests.factories.exhibits import exhibit_of, photo, photos_in_situ, reasons, receive, thing


def take(session, cast, facts, photos, actor=None):
    compartment = session.get_one(Compartment, cast.mission)
    return take_in_item(
        session,
        facts=facts,
        about=ExhibitFacts(),
        photos=photos,
        home=home_for(session, actor=cast.amina, compartment=compartment),
        actor=actor or cast.amina,
    )


def test_a_closed_gate_names_everything_that_is_missing(session, cast):
    with pytest.raises(GateClosed) as closed:
        take(session, cast, PhysicalFacts(), [])

    for name in (
        "exception_reason",
        "imminent_loss",
        "lawful_basis",
        "authority_notified",
        "notified",
        "cleared_by",
        "3 different photos in situ (0 given)",
    ):
        assert name in str(closed.value)


@pytest.mark.parametrize(
    "missing", ["exception_reason", "imminent_loss", "lawful_basis", "authority_notified", "notified"]
)
def test_each_reason_alone_keeps_the_gate_closed(session, instance, cast, missing):
    photos = photos_in_situ(session, instance.vault, cast)

    with pytest.raises(GateClosed, match=missing):
        take(session, cast, reasons(**{missing: None}), photos)


def test_a_blank_reason_is_no_reason(session, instance, cast):
    with pytest.raises(GateClosed, match="exception_reason"):
        take(session, cast, reasons(exception_reason="  "), photos_in_situ(session, instance.vault, cast))


@pytest.mark.parametrize("hazard", [Hazard.EXPLOSIVE, Hazard.UNKNOWN, Hazard.CHEMICAL, Hazard.RADIOLOGICAL])
def test_what_may_be_dangerous_needs_somebody_who_cleared_it(session, instance, cast, hazard):
    photos = photos_in_situ(session, instance.vault, cast)

    with pytest.raises(GateClosed, match="who cleared it"):
        take(session, cast, reasons(hazard=hazard), photos)
    take(session, cast, reasons(hazard=hazard, cleared_by="EOD team 4"), photos)


def test_three_copies_of_one_photo_are_one_photo(session, instance, cast):
    photos = [Photo(photo(session, instance.vault, cast, 1), PhotoView.IN_SITU) for _ in range(3)]

    with pytest.raises(GateClosed, match="1 given"):
        take(session, cast, reasons(), photos)


def test_photos_of_other_views_do_not_count_as_in_situ(session, instance, cast):
    photos = photos_in_situ(session, instance.vault, cast, 2)
    photos.append(Photo(photo(session, instance.vault, cast, 9), PhotoView.SCALE))

    with pytest.raises(GateClosed, match="2 given"):
        take(session, cast, reasons(), photos)


def test_a_document_or_a_copy_is_no_photo(session, instance, cast):
    original = photo(session, instance.vault, cast, 1)
    copy = derive(
        session,
        instance.vault,
        original,
        instance.vault.deposit(io.BytesIO(b"thumb")),
        kind=DerivativeKind.COPY,
        how="copied",
        tool="cp",
        actor=cast.amina,
    )

    for unfit in (receive(session, instance.vault, cast), copy):
        with pytest.raises(InvalidInput, match="not an original photo"):
            take(session, cast, reasons(), [Photo(unfit, PhotoView.IN_SITU)])


def test_an_open_gate_makes_exhibit_item_and_links(session, instance, cast):
    item = thing(session, instance.vault, cast)
    exhibit = exhibit_of(session, item)

    assert exhibit.kind is ExhibitKind.PHYSICAL
    assert exhibit.sha256 is None
    assert item_of(session, exhibit, actor=cast.amina) is item
    assert [one.view for one in photos_of(session, item, actor=cast.amina)] == [PhotoView.IN_SITU] * 3


def test_more_photos_may_follow(session, instance, cast):
    item = thing(session, instance.vault, cast)

    add_photo(
        session, item, Photo(photo(session, instance.vault, cast, 50), PhotoView.MARKING), actor=cast.amina
    )

    assert photos_of(session, item, actor=cast.amina)[-1].view is PhotoView.MARKING


def test_an_outsider_takes_no_thing_in_and_sees_none(session, instance, cast):
    item = thing(session, instance.vault, cast)

    with pytest.raises(NotPermitted):
        take(session, cast, reasons(), [], actor=cast.outsider)
    assert item_of(session, exhibit_of(session, item), actor=cast.outsider) is None
    assert photos_of(session, item, actor=cast.outsider) == []


def test_a_thing_and_its_photos_are_found_together_as_far_as_they_may_be_seen(session, instance, cast):
    item = thing(session, instance.vault, cast)
    sealed = photo(session, instance.vault, cast, 8, governance=Governance(Level.SEALED))
    add_photo(session, item, Photo(sealed, PhotoView.MARKING), actor=cast.amina)
    exhibit = exhibit_of(session, item)
    grant(
        session,
        session.get_one(Compartment, cast.mission),
        account=find_account(session, "outsider"),
        role=Role.READER,
        level=Level.CONFIDENTIAL,
        purpose="tests",
        actor=cast.olena,
    )

    found = thing_with_photos(session, exhibit, actor=cast.amina)
    assert found is not None
    assert found[0] is item
    assert found[1] == photos_of(session, item, actor=cast.amina)
    assert len(found[1]) == 4
    seen = thing_with_photos(session, exhibit, actor=cast.outsider)
    assert seen is not None
    assert sealed not in [shown.exhibit for shown in seen[1]]
    assert len(seen[1]) == 3
    assert thing_with_photos(session, sealed, actor=cast.amina) is None
