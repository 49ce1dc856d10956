"""The migration of the submissions room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put, tables
from tests.migrations.test_incidents import INCIDENT, furnish, incident

NAMES = {"submission", "submission_item", "approval", "bundle", "disclosure", "receipt"}
PARTY, SUBMISSION, APPROVAL, BUNDLE = (UUID(int=number) for number in (80, 81, 82, 83))


@pytest.fixture
def engine(tmp_path):
    made = database(tmp_path, "allegations")
    furnish(made)
    incident(made)
    put(
        made,
        "party",
        id=PARTY,
        reference="KYI-P-0080",
        kind="prosecutor",
        recipient_class="national-prosecutor",
        name="Fictional Prosecutor",
        name_latin="Fictional Prosecutor",
        age_recipients="[]",
    )
    yield made
    made.dispose()


def submission(engine, **changes):
    facts = {
        "id": SUBMISSION,
        "reference": "KYI-S-0001",
        "kind": "evidence",
        "title": "x",
        "party_id": PARTY,
        "use": "investigation",
        "statement": "",
        "language": "en",
    }
    put(engine, "submission", **{**facts, **changes})


def bundle(engine, number, state):
    put(
        engine,
        "bundle",
        id=UUID(int=number),
        submission_id=SUBMISSION,
        approval_id=APPROVAL,
        state=state,
        name=f"B-{number}",
        plan="{}",
        plan_digest="0",
        submission_version=1,
        sealed_at=WHEN,
        manifest_sha256="0",
        age_recipients="[]",
    )


def test_up_with_rows_and_down_again(engine):
    migrate(engine, "submissions")
    assert tables(engine) >= NAMES
    assert differences(engine, NAMES) == []
    submission(engine)
    put(
        engine,
        "submission_item",
        id=UUID(int=90),
        submission_id=SUBMISSION,
        number="IC-0001",
        kind="incident",
        incident_id=INCIDENT,
    )
    put(
        engine,
        "approval",
        id=APPROVAL,
        submission_id=SUBMISSION,
        digest="0",
        approver_id=UUID(int=1),
        looked_at="[]",
    )
    bundle(engine, 83, "sealed")
    down(engine, "allegations")
    assert not tables(engine) & NAMES
    assert count(engine, "incident") == 1
    migrate(engine, "submissions")
    assert count(engine, "submission") == 0


def test_one_item_is_one_record(engine):
    migrate(engine, "submissions")
    submission(engine)
    with pytest.raises(IntegrityError, match="one_item"):
        put(
            engine,
            "submission_item",
            id=UUID(int=90),
            submission_id=SUBMISSION,
            number="IC-0001",
            kind="incident",
        )


def test_an_annex_is_the_annex_of_something(engine):
    migrate(engine, "submissions")
    with pytest.raises(IntegrityError, match="annex_of_something"):
        submission(engine, kind="identity-annex")


def test_one_bundle_at_a_time_is_on_its_way(engine):
    migrate(engine, "submissions")
    submission(engine)
    put(
        engine,
        "approval",
        id=APPROVAL,
        submission_id=SUBMISSION,
        digest="0",
        approver_id=UUID(int=1),
        looked_at="[]",
    )
    bundle(engine, 83, "released")
    bundle(engine, 84, "sealed")
    with pytest.raises(IntegrityError):
        bundle(engine, 85, "written")
