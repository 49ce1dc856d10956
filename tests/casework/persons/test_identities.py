"""Identities: written by many, opened by few, and never without a trace."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.persons import identities
from evidence_tracker.casework.persons.identities import planted_names, reveal, seal_identity
from evidence_tracker.casework.persons.models import IdentityField, IdentityName, Person
from evidence_tracker.casework.persons.names import planted_in
from evidence_tracker.casework.persons.queries import recorded_fields
from evidence_tracker.custody.history import events_of
from evidence_tracker.db import snapshot
from evidence_tracker.errors import IntegrityFailure, InvalidInput, NotFound, NotPermitted
from evidence_tracker.keys.roots import PrivateKey
from tests.factories.persons import OKSANA, person

REASON = "to call her before the visit of 3 March"


def rows(session, somebody):
    query = select(IdentityField).where(IdentityField.person_id == somebody.id).order_by(IdentityField.number)
    return session.scalars(query).all()


def reveals(session, instance, person_id):
    found = [event.values for event in events_of(session, instance.keyring, person_id)]
    return [values for values in found if values["act"] == "identity_revealed"]


def test_a_custodian_reads_what_an_investigator_sealed(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    opened = reveal(session, somebody, private, reason=REASON, actor=cast.bohdan)
    assert opened[IdentityName.LEGAL_NAME] == [OKSANA["legal_name"]]
    assert opened[IdentityName.ALIAS] == ["Ксенія", "Ласточка"]
    assert {name.value for name in opened} == set(OKSANA)


def test_nothing_of_a_name_stands_in_the_database(instance, cast, private):
    with instance.transaction() as session:
        somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
        person_id = somebody.id
    with instance.reading() as session:
        stored = [row.sealed for row in session.scalars(select(IdentityField))]
        logged = [event.values for event in events_of(session, instance.keyring, person_id)]
    secrets = [
        value for values in OKSANA.values() for value in ([values] if isinstance(values, str) else values)
    ]
    for value in secrets:
        assert not any(value.encode() in sealed for sealed in stored)
        assert value not in json.dumps(logged, ensure_ascii=False)


def test_the_length_of_a_name_is_not_told(session, cast):
    short = person(session, cast.amina, cast.mission, identity={"legal_name": "Ян"})
    long = person(session, cast.amina, cast.mission, identity={"legal_name": "Оксана Мар'янівна Вигаданенко"})
    assert len(rows(session, short)[0].sealed) == len(rows(session, long)[0].sealed)


@pytest.mark.parametrize("who", ["amina", "chen", "daria", "outsider"])
def test_without_the_right_nobody_reads_an_identity(session, cast, private, who):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    with pytest.raises(NotPermitted):
        reveal(session, somebody, private, reason=REASON, actor=getattr(cast, who))


def test_the_right_without_the_key_opens_nothing(session, cast):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    with pytest.raises(IntegrityFailure, match="does not open"):
        reveal(session, somebody, PrivateKey.generate(), reason=REASON, actor=cast.bohdan)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_an_identity_is_not_opened_without_a_reason(session, cast, private, reason):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    with pytest.raises(InvalidInput, match="reason"):
        reveal(session, somebody, private, reason=reason, actor=cast.bohdan)


def test_the_log_tells_who_read_which_fields_and_why_but_no_value(instance, cast, private):
    with instance.transaction() as session:
        somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
        person_id = somebody.id
    with instance.transaction() as session:
        somebody = session.get_one(Person, person_id)
        reveal(session, somebody, private, reason=f" {REASON} ", actor=cast.bohdan, only=["phone", "alias"])
    with instance.reading() as session:
        (values,) = reveals(session, instance, person_id)
    assert values["reason"] == REASON
    assert values["fields"] == ["alias", "phone"]
    assert values["actor"] == str(cast.bohdan.account_id)
    assert "555" not in json.dumps(values)


def test_a_reading_that_was_rolled_back_was_shown_to_nobody(instance, cast, private):
    with instance.transaction() as session:
        person_id = person(session, cast.amina, cast.mission, identity=OKSANA).id

    def interrupted() -> None:
        with instance.transaction() as session:
            somebody = session.get_one(Person, person_id)
            reveal(session, somebody, private, reason=REASON, actor=cast.bohdan)
            raise RuntimeError("the door could not answer")

    with pytest.raises(RuntimeError):
        interrupted()
    with instance.reading() as session:
        assert not reveals(session, instance, person_id)


def test_only_the_fields_asked_for_are_opened(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    opened = reveal(session, somebody, private, reason=REASON, actor=cast.bohdan, only=["phone"])
    assert opened == {IdentityName.PHONE: [OKSANA["phone"]]}
    with pytest.raises(InvalidInput, match="not a known part"):
        reveal(session, somebody, private, reason=REASON, actor=cast.bohdan, only=["shoe size"])


def test_a_new_value_supersedes_the_old_one_which_is_kept(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity={"phone": "111 22 33 444"})
    seal_identity(session, somebody, {"phone": "555 66 77 888"}, actor=cast.amina)
    now = reveal(session, somebody, private, reason=REASON, actor=cast.bohdan)
    ever = reveal(session, somebody, private, reason=REASON, actor=cast.bohdan, with_superseded=True)
    assert now[IdentityName.PHONE] == ["555 66 77 888"]
    assert ever[IdentityName.PHONE] == ["111 22 33 444", "555 66 77 888"]


def test_a_second_alias_is_added_by_somebody_who_cannot_read_the_first(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity={"alias": "Ластівка"})
    seal_identity(session, somebody, {"alias": "Ксенія"}, actor=cast.amina, beside=True)
    opened = reveal(session, somebody, private, reason=REASON, actor=cast.bohdan)
    assert opened[IdentityName.ALIAS] == ["Ластівка", "Ксенія"]


@pytest.mark.parametrize(
    "values", [{"legal_name": ["One", "Two"]}, {"date_of_birth": ["1984-01-01", "1985-01-01"]}]
)
def test_a_person_has_one_legal_name_and_one_birth(session, cast, values):
    with pytest.raises(InvalidInput, match="A person has one"):
        person(session, cast.amina, cast.mission, identity=values)


@pytest.mark.parametrize(
    "values",
    [
        {"legal_name": ""},
        {"legal_name": " "},
        {"phone": []},
        {"surname": "X"},
        {"alias": "a\x00b"},
        {"other": "x" * 16_385},
    ],
)
def test_what_cannot_be_an_identity_is_refused(session, cast, values):
    with pytest.raises(InvalidInput):
        person(session, cast.amina, cast.mission, identity=values)


def test_a_value_moved_to_another_person_or_field_does_not_open(session, cast, private):
    first = person(session, cast.amina, cast.mission, identity={"legal_name": "Перша Вигадана"})
    second = person(session, cast.amina, cast.mission, identity={"legal_name": "Друга Вигадана"})
    third = person(session, cast.amina, cast.mission, identity={"alias": "Третя"})
    stolen = rows(session, first)[0].sealed
    with session.no_autoflush:
        for victim in (second, third):
            row = rows(session, victim)[0]
            own = row.sealed
            row.sealed = stolen
            with pytest.raises(IntegrityFailure, match="does not open"):
                identities._open(row, private)
            row.sealed = own


def test_every_single_byte_of_a_sealed_value_counts(session, cast, private):
    row = rows(session, person(session, cast.amina, cast.mission, identity={"legal_name": "Вигадана"}))[0]
    sealed = row.sealed
    with session.no_autoflush:
        for position in range(0, len(sealed), 97):
            row.sealed = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
            with pytest.raises(IntegrityFailure):
                identities._open(row, private)
        row.sealed = sealed


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300).filter(str.strip))
def test_every_text_comes_back_as_it_was_sealed(session, cast, private, text):
    somebody = person(session, cast.amina, cast.mission, identity={"other": text})
    opened = reveal(session, somebody, private, reason=REASON, actor=cast.bohdan)
    assert opened[IdentityName.OTHER] == [text.strip()]


def test_whoever_may_see_the_person_sees_which_fields_are_on_record(session, cast):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    assert recorded_fields(session, somebody, actor=cast.chen) == [
        name for name in IdentityName if name.value in OKSANA
    ]
    assert recorded_fields(session, somebody, actor=cast.outsider) == []


def test_a_field_is_as_restricted_as_its_person(session, cast):
    sealed = Governance(Level.SEALED, "documentation", "Article 6(1)(f) GDPR")
    somebody = person(session, cast.amina, cast.mission, governance=sealed, identity={"alias": "Ластівка"})
    assert {(row.level, row.legal_basis) for row in rows(session, somebody)} == {
        (Level.SEALED, "Article 6(1)(f) GDPR")
    }
    assert snapshot(rows(session, somebody)[0])["superseded_at"] is None


# -- the scan


def test_the_scan_finds_a_name_however_it_is_written(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    planted = planted_names(session, private, [somebody.id], submission=somebody, actor=cast.daria)[
        somebody.id
    ]
    for text in (
        "Зі слів ОКСАНИ МАР’ЯНІВНИ ВИГАДАНЕНКО",
        "…the witness Vyhadanenko said…",
        "audio_ksenia_and_Ксенія.mp3",
        "call 067 555 01 23 after six",
        "passport ВГ000123 was shown",
        "mail: OKSANA@mail.example",
        "Окса\u0301на Маряні\u00adвна",
    ):
        assert planted_in(text, planted), text
    assert not planted_in("A neighbour saw two vehicles near the school at nine.", planted)


def test_the_scan_still_knows_an_old_name(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity={"legal_name": "Вигадана Дівоча"})
    seal_identity(session, somebody, {"legal_name": "Вигадана Заміжня"}, actor=cast.amina)
    planted = planted_names(session, private, [somebody.id], submission=somebody, actor=cast.daria)[
        somebody.id
    ]
    assert planted_in("пані Дівоча", planted)


def test_a_scan_is_logged_for_each_person_it_opened(instance, cast, private):
    with instance.transaction() as session:
        named = person(
            session, cast.amina, cast.mission, identity={"alias": "Ластівка", "address": "вул. Вигадана 1"}
        )
        nameless = person(session, cast.amina, cast.mission)
        ids = [named.id, nameless.id]
    with instance.transaction() as session:
        submission = session.get_one(Person, ids[0])
        found = planted_names(session, private, ids, submission=submission, actor=cast.daria)
    with instance.reading() as session:
        (values,) = reveals(session, instance, ids[0])
        assert not reveals(session, instance, ids[1])
    assert found[ids[1]] == []
    assert (values["use"], values["fields"], values["submission"]) == ("bundle scan", ["alias"], str(ids[0]))


def test_a_scan_asks_for_the_right_to_the_submission_and_for_persons_who_exist(session, cast, private):
    somebody = person(session, cast.amina, cast.mission, identity=OKSANA)
    with pytest.raises(NotPermitted):
        planted_names(session, private, [somebody.id], submission=somebody, actor=cast.outsider)
    with pytest.raises(NotFound):
        planted_names(session, private, [cast.home], submission=somebody, actor=cast.daria)
