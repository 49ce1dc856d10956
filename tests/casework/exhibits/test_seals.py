import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.casework.exhibits.models import Seal
from evidence_tracker.casework.exhibits.seals import apply_seal, open_seal, seal_on, seals_of
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import GateClosed, InvalidInput, NotFound, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories.exhibits import exhibit_of, thing


@pytest.fixture
def exhibit(session, instance, cast):
    """Return a physical exhibit without a seal."""
    return exhibit_of(session, thing(session, instance.vault, cast))


def test_it_refuses_a_second_seal(session, cast, exhibit):
    apply_seal(session, exhibit, "A 001", actor=cast.amina)

    with pytest.raises(GateClosed, match="bears the seal A001 already"):
        apply_seal(session, exhibit, "A002", actor=cast.amina)


def test_a_number_in_use_is_refused_however_it_is_written(session, instance, cast, exhibit):
    apply_seal(session, exhibit, "a 001", actor=cast.amina)
    other = exhibit_of(session, thing(session, instance.vault, cast))

    with pytest.raises(GateClosed, match="in use on another exhibit"):
        apply_seal(session, other, " A0 01 ", actor=cast.amina)


def test_an_opened_seal_frees_the_exhibit_and_the_number(session, cast, exhibit):
    apply_seal(session, exhibit, "A001", actor=cast.amina)
    open_seal(session, exhibit, reason="examination", was_intact=True, actor=cast.amina)

    apply_seal(session, exhibit, "A001", actor=cast.amina)

    assert [row.was_intact for row in seals_of(session, exhibit, actor=cast.amina)] == [True, None]


def test_opening_needs_a_reason(session, cast, exhibit):
    apply_seal(session, exhibit, "A001", actor=cast.amina)

    with pytest.raises(InvalidInput, match="reason"):
        open_seal(session, exhibit, reason=" ", was_intact=True, actor=cast.amina)


def test_what_bears_no_seal_cannot_be_opened(session, cast, exhibit):
    with pytest.raises(InvalidInput, match="bears no seal"):
        open_seal(session, exhibit, reason="look", was_intact=True, actor=cast.amina)
    with pytest.raises(NotFound):
        seal_on(session, exhibit, actor=cast.amina)


def test_times_run_forwards(session, cast, exhibit):
    with pytest.raises(InvalidInput, match="future"):
        apply_seal(session, exhibit, "A001", applied=Moment.parse("2031"), actor=cast.amina)
    apply_seal(session, exhibit, "A001", applied=Moment.parse("2024-05"), actor=cast.amina)
    with pytest.raises(InvalidInput, match="cannot be opened"):
        open_seal(
            session, exhibit, reason="look", was_intact=True, opened=Moment.parse("2024-03"), actor=cast.amina
        )


@pytest.mark.parametrize("number", ["", "   ", "A\x07"])
def test_a_number_that_cannot_be_read_is_refused(session, cast, exhibit, number):
    with pytest.raises(InvalidInput):
        apply_seal(session, exhibit, number, actor=cast.amina)


def test_an_outsider_neither_seals_nor_opens_nor_sees(session, cast, exhibit):
    apply_seal(session, exhibit, "A001", actor=cast.amina)

    with pytest.raises(NotPermitted):
        apply_seal(session, exhibit, "A002", actor=cast.outsider)
    with pytest.raises(NotPermitted):
        open_seal(session, exhibit, reason="curious", was_intact=True, actor=cast.outsider)
    with pytest.raises(NotFound):
        seal_on(session, exhibit, actor=cast.outsider)
    assert list(seals_of(session, exhibit, actor=cast.outsider)) == []


def test_the_chain_of_the_exhibit_tells_of_its_seals(instance, cast):
    with instance.transaction() as session:
        exhibit = exhibit_of(session, thing(session, instance.vault, cast))
        apply_seal(session, exhibit, "A001", actor=cast.amina)
        open_seal(session, exhibit, reason="examination", was_intact=False, actor=cast.amina)
    with instance.reading() as session:
        events = [event.values for event in events_of(session, instance.keyring, exhibit.id)]

    assert [event["act"] for event in events] == ["exhibit_received", "sealed", "unsealed"]
    assert (events[2]["seal"], events[2]["reason"], events[2]["was_intact"]) == ("A001", "examination", False)


def test_the_database_itself_refuses_a_number_in_use(instance, cast):
    with instance.transaction() as session:
        exhibit = exhibit_of(session, thing(session, instance.vault, cast))
        first = apply_seal(session, exhibit, "A001", actor=cast.amina)
    columns = {
        name: value for name, value in vars(first).items() if not name.startswith("_") and name != "id"
    }

    with instance.transaction() as session:
        session.add(Seal(**columns))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
