"""The identity annex: a second sealed bundle, with its own consent, approval and key."""

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell, limit, withdraw
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.identities import seal_identity
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.preparation import (
    Opening,
    add_item,
    amend_submission,
    open_submission,
)
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import ConsentMissing, GateClosed, NotPermitted
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.audit import audit
from tests.casework.submissions.scene import LAWFUL, SAID, Scene, again, allow, decrypted, desk, stage
from tests.cast import Cast
from tests.factories import persons


@pytest.fixture
def scene(instance: Instance, cast: Cast) -> Scene:
    return stage(instance, cast)


def annex(instance: Instance, cast: Cast, scene: Scene, *people: str) -> str:
    """Open an annex with these people of the scene and return its reference."""
    with instance.transaction() as session:
        row = open_submission(
            session,
            compartment_id=cast.mission,
            recipient=session.get_one(Party, scene.recipient),
            opening=Opening("Identities", Use.INVESTIGATION, "Identities of the persons of the submission."),
            governance=LAWFUL,
            annex_of=again(session, scene),
            actor=cast.daria,
        )
        for who in people:
            person = session.get_one(Person, getattr(scene, who))
            add_item(session, row, person, actor=cast.daria)
        return row.reference


def make_custodian(instance: Instance, cast: Cast) -> None:
    with instance.transaction() as session:
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            role=Role.CUSTODIAN,
            level=Level.SEALED,
            purpose="identity annex",
            actor=cast.olena,
            account=session.get_one(Account, cast.daria.account_id),
        )


def test_the_annex_names_who_allowed_it_and_joins_by_pseudonym(
    instance: Instance, cast: Cast, scene: Scene, tmp_path: Path
):
    make_custodian(instance, cast)
    bundles.approve(desk(instance, cast.chen), scene.submission, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), scene.submission, unencrypted_reason="fictional test data")
    evidence = bundles.build(desk(instance, cast.daria), scene.submission).path
    name = annex(instance, cast, scene, "witness", "source")
    bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), name, unencrypted_reason=None)
    written = bundles.build(desk(instance, cast.daria), name)
    plain = decrypted(written.path, scene.identity, tmp_path / "annex.zip")
    assert verify_bundle(plain, vkey=instance.signer.signer("evidence.example/kyiv/1").vkey).status == 0
    with zipfile.ZipFile(plain) as archive:
        identities = json.loads(archive.read("data/identities.json"))
    with zipfile.ZipFile(evidence) as archive:
        item = json.loads(archive.read("data/interviews/IN-0001.json"))
        whole = b"".join(archive.read(path) for path in archive.namelist())
    by_pseudonym = {row["pseudonym"]: row["identity"]["legal_name"] for row in identities}
    assert by_pseudonym[item["annotations"]["persons"][0]] == ["Оксана Вигаданенко"]
    assert "Вигаданенко".encode() not in whole
    assert audit(instance).findings == []


def test_each_opening_is_in_the_log_and_no_name_is_in_the_plan(instance: Instance, cast: Cast, scene: Scene):
    make_custodian(instance, cast)
    name = annex(instance, cast, scene, "witness")
    bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)
    bundle = bundles.seal(desk(instance, cast.daria), name, unencrypted_reason="fictional test data")
    assert "Вигаданенко" not in json.dumps(bundle.plan, ensure_ascii=False)
    with instance.reading() as session:
        events = events_of(session, instance.keyring, scene.witness)
    opened = [event.values for event in events if event.values["act"] == CustodyVerb.IDENTITY_REVEALED]
    assert "identity annex of a submission" in {values.get("reason") for values in opened}
    assert "Вигаданенко" not in json.dumps(
        [event.values for event in events], ensure_ascii=False, default=str
    )


def test_who_may_not_reveal_cannot_seal_an_annex(instance: Instance, cast: Cast, scene: Scene):
    name = annex(instance, cast, scene, "witness")
    bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)
    with pytest.raises(NotPermitted, match="reveal identities"):
        bundles.seal(desk(instance, cast.daria), name, unencrypted_reason="fictional test data")


def test_a_withdrawal_closes_the_annex(instance: Instance, cast: Cast, scene: Scene):
    name = annex(instance, cast, scene, "witness")
    with instance.transaction() as session:
        withdraw(session, session.get_one(Person, scene.witness), facts=SAID, actor=cast.amina)
    with pytest.raises(ConsentMissing, match="no live consent"):
        bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)


def test_a_pseudonym_is_not_enough_for_the_annex(instance: Instance, cast: Cast):
    scene = stage(instance, cast, level=IdentityLevel.PSEUDONYM)
    name = annex(instance, cast, scene, "witness")
    with pytest.raises((GateClosed, ConsentMissing), match="did not allow their full identity"):
        bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)


def test_a_person_of_nothing_in_the_submission_is_refused(instance: Instance, cast: Cast, scene: Scene):
    with instance.transaction() as session:
        stranger = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
        allow(session, stranger, session.get_one(Party, scene.recipient), IdentityLevel.FULL, cast.amina)
    name = annex(instance, cast, scene)
    with instance.transaction() as session:
        row = session.scalars(select(type(again(session, scene))).filter_by(reference=name)).one()
        add_item(session, row, session.get_one(Person, stranger.id), actor=cast.daria)
    with pytest.raises(GateClosed, match="may name this person"):
        bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)


def test_who_is_in_the_evidence_under_a_pseudonym_alone_is_not_unmasked_by_the_annex(
    instance: Instance, cast: Cast, scene: Scene
):
    # The witness allows the full identity in general, but a pseudonym for the interview.
    with instance.transaction() as session:
        person = session.get_one(Person, scene.witness)
        party = session.get_one(Party, scene.recipient)
        cell = Cell(party, Use.INVESTIGATION, IdentityLevel.PSEUDONYM, (scene.interview,))
        limit(session, person, [cell], facts=SAID, actor=cast.amina)
    name = annex(instance, cast, scene, "witness", "source")
    with pytest.raises(GateClosed, match="ID-0001: nothing of the submission"):
        bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)


def test_relatives_are_other_people(instance: Instance, cast: Cast, scene: Scene):
    make_custodian(instance, cast)
    with instance.transaction() as session:
        person = session.get_one(Person, scene.witness)
        said = {"relatives": "sister Ганна Вигаданенко", "other": "scar", "phone": "+380 67 000 11 22"}
        seal_identity(session, person, said, actor=cast.amina)
    name = annex(instance, cast, scene, "witness")
    bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), name, unencrypted_reason="fictional test data")
    written = bundles.build(desk(instance, cast.daria), name)
    with zipfile.ZipFile(written.path) as archive:
        identities = archive.read("data/identities.json").decode()
    assert "000 11 22" in identities
    assert "Ганна" not in identities
    assert "scar" not in identities


@pytest.mark.parametrize("change", [{"title": "Identity of Вигаданенко"}, {"statement": "With Неіснуючий."}])
def test_the_words_around_the_identities_name_nobody(
    instance: Instance, cast: Cast, scene: Scene, change: dict[str, str]
):
    name = annex(instance, cast, scene, "witness")
    with instance.transaction() as session:
        row = session.scalars(select(type(again(session, scene))).filter_by(reference=name)).one()
        amend_submission(session, row, change, actor=cast.daria)
    with pytest.raises(GateClosed, match="would name a person"):
        bundles.approve(desk(instance, cast.chen), name, looked_at=("all",), note=None)


def test_identities_never_enter_a_submission_of_evidence(instance: Instance, cast: Cast, scene: Scene):
    with pytest.raises(GateClosed, match="never go in a submission"), instance.transaction() as session:
        add_item(session, again(session, scene), session.get_one(Person, scene.witness), actor=cast.daria)
