"""Choosing what goes into a submission, and the numbers by which a recipient knows it."""

import pytest
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.preparation import (
    Opening,
    add_item,
    live_items,
    open_submission,
    remove_item,
)
from evidence_tracker.casework.submissions.queries import for_exhibit
from evidence_tracker.errors import InvalidInput
from evidence_tracker.instance import Instance
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.audit import audit
from tests.casework.submissions.scene import LAWFUL, STATEMENT, desk, exhibit_from
from tests.cast import Cast
from tests.factories import exhibits, parties


@pytest.fixture
def submission(session: Session, instance: Instance, cast: Cast) -> Submission:
    row = open_submission(
        session,
        compartment_id=session.get_one(Compartment, cast.mission).id,
        recipient=parties.prosecutor(session, cast.olena),
        opening=Opening("Four photographs", Use.INVESTIGATION, STATEMENT),
        governance=LAWFUL,
        actor=cast.daria,
    )
    for seed in range(4):
        add_item(session, row, photo(session, instance, cast, seed), actor=cast.daria)
    return row


def photo(session: Session, instance: Instance, cast: Cast, seed: int) -> Exhibit:
    return exhibit_from(session, instance, cast, None, exhibits.png(seed), title=f"Photograph {seed}")


def numbered(session: Session, submission: Submission) -> dict[str, str]:
    return {
        item.number: session.get_one(Exhibit, item.exhibit_id).title[-1]
        for item in live_items(session, submission)
    }


def take_out(session: Session, submission: Submission, cast: Cast, number: str) -> None:
    item = next(item for item in live_items(session, submission) if item.number == number)
    remove_item(session, submission, item, reason="not needed", actor=cast.daria)


def test_numbers_begin_at_one_and_have_no_gap(session, submission):
    assert numbered(session, submission) == {"EX-0001": "0", "EX-0002": "1", "EX-0003": "2", "EX-0004": "3"}


def test_what_was_taken_out_leaves_no_gap_that_a_recipient_could_see(session, submission, cast):
    take_out(session, submission, cast, "EX-0002")

    assert numbered(session, submission) == {"EX-0001": "0", "EX-0002": "2", "EX-0003": "3"}


def test_an_exhibit_knows_the_submissions_that_it_is_in(session, submission, cast):
    first, second = (
        session.get_one(Exhibit, item.exhibit_id) for item in live_items(session, submission)[:2]
    )
    take_out(session, submission, cast, "EX-0002")

    assert list(for_exhibit(session, first, actor=cast.daria)) == [submission]
    assert list(for_exhibit(session, second, actor=cast.daria)) == []
    assert list(for_exhibit(session, first, actor=cast.outsider)) == []


def test_the_next_item_follows_on_the_last_one_that_is_in(session, submission, cast, instance):
    take_out(session, submission, cast, "EX-0004")
    added = add_item(session, submission, photo(session, instance, cast, 9), actor=cast.daria)

    assert added.number == "EX-0004"


def test_an_item_that_was_taken_out_can_come_back(session, submission, cast):
    item = live_items(session, submission)[0]
    exhibit = session.get_one(Exhibit, item.exhibit_id)
    remove_item(session, submission, item, reason="not needed", actor=cast.daria)

    assert add_item(session, submission, exhibit, actor=cast.daria).number == "EX-0004"


def test_it_is_taken_out_once(session, submission, cast):
    item = live_items(session, submission)[0]
    remove_item(session, submission, item, reason="not needed", actor=cast.daria)
    with pytest.raises(InvalidInput, match="out of the submission already"):
        remove_item(session, submission, item, reason="again", actor=cast.daria)


def test_a_number_that_was_handed_over_never_means_something_else(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        row = open_submission(
            session,
            compartment_id=cast.mission,
            recipient=parties.prosecutor(session, cast.olena),
            opening=Opening("Two photographs", Use.INVESTIGATION, STATEMENT),
            governance=LAWFUL,
            actor=cast.daria,
        )
        for seed in range(2):
            add_item(session, row, photo(session, instance, cast, seed), actor=cast.daria)
        reference = row.reference
    bundles.approve(desk(instance, cast.chen), reference, looked_at=["all"], note=None)
    bundles.seal(desk(instance, cast.daria), reference, unencrypted_reason="fictional data of a test")
    bundles.build(desk(instance, cast.daria), reference)
    bundles.release(desk(instance, cast.daria), reference, channel="courier")

    with instance.transaction() as session:
        row = desk(instance, cast.daria).submission(session, reference)
        take_out(session, row, cast, "EX-0001")
        add_item(session, row, photo(session, instance, cast, 2), actor=cast.daria)
        assert numbered(session, row) == {"EX-0002": "1", "EX-0003": "2"}
    assert audit(instance).findings == []
