"""The only writer of the custody log."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from evidence_tracker.access.compartments import open_compartment
from evidence_tracker.access.models import Account, Compartment, CompartmentKind
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.history import events_of
from evidence_tracker.custody.ledger import next_version, record, save_version
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch, LogNode
from evidence_tracker.errors import ChainBroken, Conflict, NotReady
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.commitment import parse_leaf, payload_commitment
from tests.cast import Cast


def size(instance: Instance) -> int:
    with instance.reading() as session:
        return session.scalar(select(func.count()).select_from(CustodyEventRow)) or 0


def test_an_act_and_its_events_share_one_commit(instance: Instance, cast: Cast):
    before = size(instance)
    with instance.transaction() as session:
        record(session, CustodyVerb.EXAMINED, uuid4(), compartment_id=cast.mission, actor=cast.amina)
        assert session.scalar(select(func.count()).select_from(CustodyEventRow)) == before
    assert size(instance) == before + 1


def test_a_rolled_back_act_leaves_no_event(instance: Instance, cast: Cast):
    before = size(instance)

    class Halt(Exception):
        pass

    with pytest.raises(Halt), instance.transaction() as session:
        open_compartment(session, kind=CompartmentKind.PROJECT, reference="P-1", title="x", actor=cast.olena)
        raise Halt
    assert size(instance) == before
    with instance.reading() as session:
        assert session.scalar(select(Compartment.id).where(Compartment.reference == "P-1")) is None


def test_a_change_without_an_event_stops_the_commit(instance: Instance, cast: Cast):
    with pytest.raises(ChainBroken, match="has no custody event"), instance.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == "amina")).one()
        account.display_name = "Somebody else"
    with instance.reading() as session:
        assert session.scalars(select(Account).where(Account.login == "amina")).one().display_name == "Amina"


def test_a_change_after_the_saved_version_stops_the_commit(instance: Instance, cast: Cast):
    with pytest.raises(ChainBroken), instance.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == "amina")).one()
        next_version(account, 1)
        account.display_name = "Amina B."
        save_version(
            session, account, CustodyVerb.ACCOUNT_CHANGED, compartment_id=cast.home, actor=cast.olena
        )
        account.display_name = "Amina C."


def test_deleting_a_record_stops_the_act(instance: Instance, cast: Cast):
    with pytest.raises(ChainBroken, match="never deleted"), instance.transaction() as session:
        session.delete(session.scalars(select(Account).where(Account.login == "outsider")).one())


def test_a_stale_version_is_refused(instance: Instance):
    with instance.reading() as session:
        account = session.scalars(select(Account).where(Account.login == "amina")).one()
        with pytest.raises(Conflict, match="saved by somebody else"):
            next_version(account, 7)


def test_one_act_on_many_subjects_writes_a_leaf_each_with_one_act_id(instance: Instance, cast: Cast):
    subjects = [uuid4() for _ in range(30)]
    with instance.transaction() as session:
        for subject in subjects:
            record(session, CustodyVerb.EXAMINED, subject, compartment_id=cast.mission, actor=cast.amina)
    with instance.reading() as session:
        rows = session.scalars(select(CustodyEventRow).where(CustodyEventRow.subject.in_(subjects))).all()
    assert len(rows) == 30
    assert len({row.act_id for row in rows}) == 1


def test_events_of_one_subject_are_counted_and_linked(instance: Instance, cast: Cast):
    subject = uuid4()
    for _ in range(3):
        with instance.transaction() as session:
            record(session, CustodyVerb.EXAMINED, subject, compartment_id=cast.mission, actor=cast.amina)
            record(session, CustodyVerb.COPIED, subject, compartment_id=cast.mission, actor=cast.amina)
    with instance.reading() as session:
        events = events_of(session, instance.keyring, subject)
    assert [event.values["seq"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[0].values["prev"] == ""
    assert len({event.values["prev"] for event in events}) == 6


def test_a_leaf_shows_an_hour_and_a_commitment_and_nothing_else(
    instance: Instance, cast: Cast, clock: FrozenClock
):
    subject = uuid4()
    with instance.transaction() as session:
        record(
            session,
            CustodyVerb.EXAMINED,
            subject,
            compartment_id=cast.mission,
            actor=cast.amina,
            facts={"words": "Марія Вигадана"},
        )
    with instance.reading() as session:
        row = session.scalars(select(CustodyEventRow).where(CustodyEventRow.subject == subject)).one()
        event = events_of(session, instance.keyring, subject)[0]
    leaf = parse_leaf(row.leaf)
    assert leaf.t == "2026-03-02T09:00:00Z"
    assert b"\xd0" not in row.leaf
    assert len(row.leaf) < 130
    assert event.values["words"] == "Марія Вигадана"
    assert (
        payload_commitment(b"\n".join(sorted(f.preimage() for f in event.fields))).hex() in row.leaf.decode()
    )


def test_the_payload_is_encrypted_under_the_subject_and_bound_to_its_place(instance: Instance, cast: Cast):
    subject = uuid4()
    with instance.transaction() as session:
        record(
            session,
            CustodyVerb.EXAMINED,
            subject,
            compartment_id=cast.mission,
            actor=cast.amina,
            facts={"words": "CANARY-WORDS"},
        )
    with instance.reading() as session:
        row = session.scalars(select(CustodyEventRow).where(CustodyEventRow.subject == subject)).one()
    assert b"CANARY-WORDS" not in row.payload


@pytest.mark.parametrize("table", ["custody_event", "log_node", "checkpoint", "access_entry"])
@pytest.mark.parametrize("what", ["update", "delete"])
def test_the_database_refuses_to_change_the_log(instance: Instance, cast: Cast, table: str, what: str):
    instance.checkpoint()
    with instance.transaction() as session:
        session.execute(
            text(
                "INSERT INTO access_entry (id, at, door, kind, what) "
                "VALUES (1, '2026-03-02T09:15:00.000000Z', 'x', 'read', 'y')"
            )
        )
    column = {"custody_event": "verb", "log_node": "hash", "checkpoint": "note", "access_entry": "what"}[
        table
    ]
    statement = f"UPDATE {table} SET {column} = 'x'" if what == "update" else f"DELETE FROM {table}"
    with (
        pytest.raises((IntegrityError, DatabaseError), match="append-only"),
        instance.transaction() as session,
    ):
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("custody_event", "epoch, idx + 10000, subject, seq, act_id, verb, leaf, payload"),
        ("log_node", "epoch, level, idx, x'00'"),
        ("checkpoint", "epoch, size, x'00'"),
    ],
)
def test_the_database_refuses_to_replace_what_is_logged(instance: Instance, table: str, columns: str):
    statement = f"INSERT OR REPLACE INTO {table} SELECT {columns} FROM {table} LIMIT 1"
    with (
        pytest.raises((IntegrityError, DatabaseError), match=r"append-only|gap"),
        instance.transaction() as session,
    ):
        session.execute(text(statement))


def test_the_database_refuses_a_gap_in_the_log(instance: Instance):
    with pytest.raises((IntegrityError, DatabaseError), match="gap"), instance.transaction() as session:
        session.execute(
            text(
                "INSERT INTO custody_event SELECT epoch, 5000, subject, 99, act_id, verb, leaf, payload "
                "FROM custody_event WHERE idx = 0"
            )
        )


def test_the_head_and_the_nodes_keep_up_with_the_leaves(instance: Instance, cast: Cast):
    for count in (1, 2, 5, 13):
        with instance.transaction() as session:
            for _ in range(count):
                record(session, CustodyVerb.EXAMINED, uuid4(), compartment_id=cast.mission, actor=cast.amina)
        with instance.reading() as session:
            total = session.scalar(select(func.count()).select_from(CustodyEventRow)) or 0
            head = session.scalars(select(LogEpoch)).one()
            nodes = session.scalar(select(func.count()).select_from(LogNode)) or 0
        assert head.size == total
        # A tree of n leaves has one complete node above the leaves for each carry of counting to n.
        assert nodes == total - total.bit_count()


def test_facts_may_not_replace_the_fields_of_the_event(instance: Instance, cast: Cast):
    with pytest.raises(ValueError, match="actor"), instance.transaction() as session:
        record(
            session,
            CustodyVerb.EXAMINED,
            uuid4(),
            compartment_id=cast.mission,
            actor=cast.amina,
            facts={"actor": "nobody"},
        )


def test_a_float_never_enters_the_log(instance: Instance, cast: Cast):
    with pytest.raises(TypeError, match="no exact form"), instance.transaction() as session:
        record(
            session,
            CustodyVerb.EXAMINED,
            uuid4(),
            compartment_id=cast.mission,
            actor=cast.amina,
            facts={"latitude": 49.5},
        )


def test_a_session_without_a_log_cannot_act(instance: Instance, cast: Cast):
    with (
        pytest.raises(NotReady, match=r"needs? Instance\.transaction|no custody log"),
        instance.reading() as session,
    ):
        record(session, CustodyVerb.EXAMINED, uuid4(), compartment_id=cast.mission, actor=cast.amina)
