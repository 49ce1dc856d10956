"""The hour in clear in a leaf is the hour of its logging, and a lie about it is named."""

from uuid import uuid4

import pytest

from evidence_tracker.custody import ledger
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.instance import Instance
from evidence_tracker.integrity import commitment
from evidence_tracker.jobs.audit import audit
from tests.cast import Cast


def test_a_leaf_that_claims_another_hour_is_named(
    instance: Instance, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commitment, "hour", lambda _at: "2025-01-01T00:00:00Z")
    with instance.transaction() as session:
        ledger.record(session, CustodyVerb.EXAMINED, uuid4(), compartment_id=cast.mission, actor=cast.amina)
    monkeypatch.undo()
    found = audit(instance).findings
    assert [finding.what for finding in found] == ["the hour of its leaf is not that of its logging"]


def test_the_place_of_the_hour_in_a_leaf_is_fixed():
    leaf = commitment.leaf("2026-11-23T15:00:00Z", bytes(32))
    assert leaf[77:90] == b"2026-11-23T15"
