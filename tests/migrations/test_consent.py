"""The migration of the consent room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put, tables
from tests.migrations.test_persons import PERSON, person

NAMES = {"consent_event"}
GUARDIAN = UUID(int=30)
MOMENT = '{"approximate":false,"precision":"day","value":"2022-03-12","zone":null,"zone_basis":null}'


def event(engine, number=1, **values):
    row = {
        "id": UUID(int=100 + number),
        "person_id": PERSON,
        "number": number,
        "group_id": UUID(int=70),
        "kind": "given",
        "recipient_class": "icc-otp",
        "use": "court",
        "identity_level": "full",
        "scope": "all",
        "items": "[]",
        "form": "written",
        "language": "uk",
        "obtained_by": "amina",
        "obtained": MOMENT,
        "obtained_earliest_at": WHEN,
        "obtained_latest_at": WHEN,
        "is_guardian_conflict_checked": 0,
    }
    put(engine, "consent_event", **{**row, **values})


@pytest.fixture
def engine(tmp_path):
    made = database(tmp_path, "exhibits")
    person(made)
    person(made, row_id=GUARDIAN, code="PN-000000")
    yield made
    made.dispose()


def test_upgrading_makes_the_table_as_the_model_has_it(engine):
    assert not NAMES & tables(engine)

    migrate(engine, "consent")

    assert tables(engine) >= NAMES
    assert differences(engine, NAMES) == []


def test_going_back_drops_it_with_its_triggers_and_leaves_the_persons(engine):
    migrate(engine, "consent")
    event(engine)

    down(engine, "exhibits")

    assert not NAMES & tables(engine)
    assert count(engine, "person") == 2
    migrate(engine, "consent")
    assert count(engine, "consent_event") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_event SET kind = 'withdrawn'",
        "UPDATE consent_event SET conditions = NULL",
        "DELETE FROM consent_event",
        "REPLACE INTO consent_event SELECT * FROM consent_event",
        "INSERT OR REPLACE INTO consent_event SELECT * FROM consent_event",
    ],
)
def test_what_was_said_can_neither_be_changed_nor_removed(engine, statement):
    migrate(engine, "consent")
    event(engine)
    with (
        pytest.raises(IntegrityError, match="never changed or removed"),
        engine.connect() as connection,
    ):
        connection.execute(text(statement))
    assert count(engine, "consent_event") == 1


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"recipient_class": None}, "cell_named"),
        ({"use": None}, "cell_named"),
        ({"identity_level": None}, "cell_named"),
        ({"kind": "limited", "use": None}, "cell_named"),
        ({"guardian_id": PERSON}, "guardian_is_other"),
        ({"package": "only-help-me"}, "package_whole"),
    ],
)
def test_the_database_keeps_what_the_acts_promise(engine, values, constraint):
    migrate(engine, "consent")
    event(engine, kind="withdrawn", recipient_class=None, use=None, identity_level=None)
    event(engine, number=2, guardian_id=GUARDIAN)
    with pytest.raises(IntegrityError, match=constraint):
        event(engine, number=3, **values)
    with pytest.raises(IntegrityError, match="never changed or removed"):
        event(engine, number=2, id=UUID(int=300))
