"""Instructions of other bodies: they close gates, also for people who may not read them."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.instructions import (
    correct_instruction,
    lift_instruction,
    person_code,
)
from evidence_tracker.casework.parties.models import InstructionKind
from evidence_tracker.casework.parties.queries import (
    find_instruction,
    instructions_against,
    page_instructions,
)
from evidence_tracker.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests.factories.parties import instruction, partner, prosecutor

INTERVIEW = [InstructionKind.DO_NOT_INTERVIEW, InstructionKind.DO_NOT_CONTACT]


def against(session, actor, **subject):
    return instructions_against(session, kinds=INTERVIEW, actor=actor, **subject)


def test_an_instruction_stands_against_the_person_it_names(session, cast):
    told = instruction(session, cast.amina, prosecutor(session, cast.amina))
    standing = against(session, cast.amina, person_code="PN-7KQ2MX")
    assert (standing.is_blocked, standing.shown) == (True, (told,))
    assert told.reference == "KYI-PI-0001"
    assert not against(session, cast.amina, person_code="PN-000000").is_blocked
    assert not against(session, cast.amina).is_blocked


def test_it_closes_the_gate_for_the_outsider_and_tells_them_nothing(session, cast):
    told = instruction(session, cast.amina, prosecutor(session, cast.amina))
    standing = against(session, cast.outsider, person_code="PN-7KQ2MX")
    assert (standing.is_blocked, standing.shown) == (True, ())
    assert page_instructions(session, actor=cast.outsider) == []
    with pytest.raises(NotFound):
        find_instruction(session, told.reference, actor=cast.outsider)


def test_a_reader_of_lower_levels_is_stopped_without_seeing_why(session, cast):
    home = session.get_one(Compartment, cast.home)
    outsider = session.get_one(Account, cast.outsider.account_id)
    grant(
        session,
        home,
        role=Role.READER,
        level=Level.CONFIDENTIAL,
        purpose="tests",
        actor=cast.olena,
        account=outsider,
    )
    party = prosecutor(session, cast.amina)
    sealed = instruction(session, cast.amina, party, governance=Governance(Level.SEALED))
    plain = instruction(session, cast.amina, party)
    standing = against(session, cast.outsider, person_code="PN-7KQ2MX")
    assert (standing.is_blocked, standing.shown) == (True, (plain,))
    assert page_instructions(session, actor=cast.outsider) == [plain]
    assert page_instructions(session, actor=cast.amina, party=party) == sorted(
        [sealed, plain], key=lambda row: row.id, reverse=True
    )


def test_areas_and_incidents_meet_by_their_words(session, cast):
    party = prosecutor(session, cast.amina)
    instruction(session, cast.amina, party, person_code=None, area="Nova Vyhadana community")
    instruction(session, cast.amina, party, person_code=None, incident="strike on the clinic")
    assert against(session, cast.amina, areas=["nova vyhadana"]).is_blocked
    assert not against(session, cast.amina, areas=["Stara Vyhadana", " "]).is_blocked
    assert against(session, cast.amina, incident="Strike on the clinic, 12 March").is_blocked
    assert not against(session, cast.amina, incident="strike on the school").is_blocked


def test_an_instruction_of_another_kind_does_not_close_this_gate(session, cast):
    instruction(session, cast.amina, prosecutor(session, cast.amina), kind="do-not-publish")
    assert not against(session, cast.amina, person_code="PN-7KQ2MX").is_blocked


def test_it_stands_from_the_earliest_since_to_the_latest_until(session, cast):
    party = prosecutor(session, cast.amina)
    instruction(session, cast.amina, party, since="2026-02", until="2026-04")

    def blocked(month, day, hour):
        at = datetime(2026, month, day, hour, tzinfo=UTC)
        return against(session, cast.amina, person_code="PN-7KQ2MX", at=at).is_blocked

    assert [blocked(1, 31, 9), blocked(1, 31, 11)] == [False, True]
    assert [blocked(5, 1, 11), blocked(5, 1, 12)] == [True, False]


def test_without_a_date_it_stands_from_now(session, cast, clock):
    told = instruction(session, cast.amina, prosecutor(session, cast.amina), since=None)
    assert told.since_at == clock.at
    assert against(session, cast.amina, person_code="PN-7KQ2MX").is_blocked


def test_lifting_takes_a_supervisor_and_a_source_and_the_past_stays_closed(session, cast, clock):
    told = instruction(session, cast.amina, prosecutor(session, cast.amina))
    with pytest.raises(NotPermitted):
        lift_instruction(session, told, source="letter 40/2026", actor=cast.amina)
    with pytest.raises(InvalidInput, match="source of the lifting"):
        lift_instruction(session, told, source="", actor=cast.chen)
    before, clock.at = clock.at, clock.at + timedelta(days=3)
    lift_instruction(session, told, source="letter 40/2026", actor=cast.chen, expected_version=1)
    assert not against(session, cast.amina, person_code="PN-7KQ2MX").is_blocked
    assert against(session, cast.amina, person_code="PN-7KQ2MX", at=before).is_blocked
    assert page_instructions(session, actor=cast.amina, standing_at=clock.at) == []
    with pytest.raises(InvalidInput, match="lifted already"):
        lift_instruction(session, told, source="letter 40/2026", actor=cast.chen)


def test_a_correction_that_may_open_a_gate_takes_a_supervisor(session, cast):
    told = instruction(session, cast.amina, prosecutor(session, cast.amina))
    for change in ({"person_code": "PN-000000"}, {"until": "2026-02-02"}, {"kind": "do-not-publish"}):
        with pytest.raises(NotPermitted):
            correct_instruction(session, told, change, actor=cast.amina)
    correct_instruction(session, told, {"purpose": "deconfliction"}, actor=cast.amina)
    correct_instruction(session, told, {"until": "2027"}, actor=cast.chen, expected_version=2)
    with pytest.raises(Conflict):
        correct_instruction(session, told, {"until": "2028"}, actor=cast.chen, expected_version=2)
    with pytest.raises(InvalidInput, match="names none"):
        correct_instruction(session, told, {"person_code": None}, actor=cast.chen)


def test_only_an_investigating_body_can_instruct(session, cast):
    with pytest.raises(InvalidInput, match="only an investigating body"):
        instruction(session, cast.amina, partner(session, cast.amina))


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"person_code": None}, "names none"),
        ({"wording": " "}, "wording is missing"),
        ({"source": None}, "source is missing"),
        ({"person_code": "P-0001"}, "not a person code"),
        ({"kind": "do-not-breathe"}, "not a known kind"),
        ({"since": "2026-03", "until": "2026-01"}, "ends before it begins"),
    ],
)
def test_it_refuses_an_instruction_that_closes_nothing_or_comes_from_nowhere(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        instruction(session, cast.amina, prosecutor(session, cast.amina), **facts)


def test_a_person_code_is_read_in_any_case_and_without_letters_that_look_alike():
    assert person_code(" pn-7kq2mx ", "person code") == "PN-7KQ2MX"
    for wrong in ("PN-7KQ2M", "PN-7KQ2MI", "PN-7KQ2MO", "PN-7KQ2MXX", "7KQ2MX"):
        with pytest.raises(InvalidInput):
            person_code(wrong, "person code")


def test_the_outsider_cannot_record_or_lift(session, cast):
    party = prosecutor(session, cast.amina)
    told = instruction(session, cast.amina, party)
    with pytest.raises(NotPermitted):
        instruction(session, cast.outsider, party)
    with pytest.raises(NotPermitted):
        lift_instruction(session, told, source="made up", actor=cast.outsider)
