"""What a recipient can learn from a bundle: every field that is ever opened, and nothing of others."""

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from evidence_tracker.access.compartments import end_grant, grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Grant, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell, limit, refuse
from evidence_tracker.casework.exhibits.derivatives import check_derivative, derive
from evidence_tracker.casework.exhibits.extraction import note_extraction
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import (
    DerivativeKind,
    Exhibit,
    LinkBasis,
    PersonRole,
    SourceKind,
)
from evidence_tracker.casework.exhibits.people import link_person
from evidence_tracker.casework.exhibits.seals import apply_seal, open_seal
from evidence_tracker.casework.exhibits.transfers import TransferFacts, transfer
from evidence_tracker.casework.incidents.links import link_evidence
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.submissions.payload import OPEN_ACTS
from evidence_tracker.casework.submissions.plan import make_plan
from evidence_tracker.casework.submissions.preparation import live_items, remove_item
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.errors import GateClosed, NotPermitted
from evidence_tracker.jobs import bundles
from evidence_tracker.values.moment import Moment
from tests.casework.submissions.scene import (
    LAWFUL,
    SAID,
    allow,
    desk,
    exhibit_from,
    plan_of,
    stage,
    submission_of,
)
from tests.factories import exhibits, parties, persons
from tests.factories.incidents import incident
from tests.factories.interviews import ACCOUNT

FULL, PSEUDONYM = IdentityLevel.FULL, IdentityLevel.PSEUDONYM
ALWAYS = {"subject", "seq", "prev"}
DONE = ALWAYS | {"act", "occurred", "logged_at"}
RECEIVED = DONE | {"sha256", "size", "media_type"}
#: Written by hand: what each act may ever open beside the record itself.
MAY_OPEN = {
    "exhibit_received": RECEIVED,
    "derivative_made": RECEIVED,
    "recorded": DONE,
    "amended": DONE,
    "sealed": DONE,
    "unsealed": DONE,
    "released": DONE,
    "transferred": DONE,
    "returned": DONE,
    "examined": DONE,
}
#: Written by hand: what of a record may ever be shown, by the letters of the item's number.
MAY_SHOW = {
    "EX": {
        *("kind", "title", "description", "received_at", "collected", "place", "device", "language"),
        *("device_clock_offset_s", "media_type", "size_bytes", "sha256", "derivative_kind", "is_graphic"),
    },
    "IN": {"account_type", "state", "started", "ended", "language", "first_account"},
    "IC": {
        *("title", "kind", "occurred", "place", "narrative", "target_object", "target_status", "damage"),
        *("military_presence", "warning_given", "weapon_system", "launch_direction", "advantage_notes"),
        *("reverberating_effects", "undefended_status"),
    },
    "AL": {"pack_id", "pack_version", "pack_sha256", "code", "status", "rationale", "ihl_basis"},
}
SEAL = {"act", "subject", "seq", "prev", "logged_at", "manifest_sha256", "submission_version", "items"}


def handled(session, instance, cast, scene):
    """Do everything to the photograph that is done to exhibits, with words that must stay here."""
    photo = session.get_one(Exhibit, scene.photo)
    secret = "KEEP-THIS-HERE"
    amend_exhibit(session, photo, {"method": secret, "received_from": secret}, actor=cast.amina)
    apply_seal(session, photo, "S-1", container=secret, witness=secret, actor=cast.amina)
    open_seal(session, photo, reason=secret, was_intact=True, actor=cast.amina)
    facts = TransferFacts(secret, secret, secret, secret, Moment.parse("2026-03-01"), secret, secret)
    transfer(session, photo, facts, is_return_expected=False, actor=cast.amina)
    note_extraction(session, photo, purpose=secret, actor=cast.chen)
    incident_ = session.get_one(Incident, scene.incident)
    refuser = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
    refused = exhibit_from(session, instance, cast, refuser, b"refused\n", title=secret)
    link_evidence(session, incident_, refused, shows=secret, stance="supports", actor=cast.amina)
    return secret


def released(instance, cast, reference):
    bundles.approve(desk(instance, cast.chen), reference, looked_at=("all",), note="KEEP-THIS-HERE")
    bundles.seal(desk(instance, cast.daria), reference, unencrypted_reason="KEEP-THIS-HERE")
    path = bundles.build(desk(instance, cast.daria), reference).path
    bundles.release(desk(instance, cast.daria), reference, channel="KEEP-THIS-HERE")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def events_in(files):
    return [json.loads(line) for line in files["data/custody.jsonl"].splitlines()]


def test_nothing_is_opened_that_is_not_on_the_list(instance, cast):
    scene = stage(instance, cast)
    with instance.transaction() as session:
        secret = handled(session, instance, cast, scene)
    files = released(instance, cast, scene.submission)
    seen = set()
    for event in events_in(files):
        opened = {name: value for _, name, value in event["extra"]["opened"]}
        shown = {name.removeprefix("record.") for name in opened if name.startswith("record.")}
        assert shown <= MAY_SHOW[event["item"][:2]], event["item"]
        plain = {name for name in opened if not name.startswith("record.")}
        allowed = MAY_OPEN[opened["act"]] if "act" in opened else ALWAYS
        assert plain <= allowed, (event["item"], plain - allowed)
        seen.add(opened.get("act"))
    assert {"exhibit_received", "amended", "sealed", "unsealed", "transferred", "recorded", None} <= seen
    assert {act.value for act in OPEN_ACTS} == set(MAY_OPEN)
    whole = b"\n".join(files.values())
    assert secret.encode() not in whole
    for path, data in files.items():
        if path.endswith("item.json"):
            assert set(json.loads(data)) <= {
                *("number", "kind", "custody", "record", "annotations"),
                *("sha256", "size", "media_type", "file"),
            }


def test_the_chain_of_an_item_does_not_tell_of_other_recipients(instance, cast):
    scene = stage(instance, cast)

    def chain():
        with instance.reading() as session:
            query = select(CustodyEventRow.verb).where(CustodyEventRow.subject == scene.photo)
            return session.scalars(query.order_by(CustodyEventRow.seq)).all()

    before = chain()
    released(instance, cast, scene.submission)
    assert chain() == before


def test_whoever_refused_leaves_no_trace_in_the_plan(session, instance, cast):
    """Two recipients get the same; for one of them somebody refused, and their item was taken out."""
    shown = [parties.prosecutor(session, cast.olena, name=name, name_latin=None) for name in ("One", "Two")]
    people = [persons.person(session, cast.amina, cast.mission, governance=LAWFUL) for _ in range(2)]
    photos = [
        exhibit_from(session, instance, cast, person, exhibits.png(seed), title=f"Photo {seed}")
        for seed, person in enumerate(people)
    ]
    told = incident(session, cast)
    for photo in photos:
        link_evidence(session, told, photo, shows="the door", stance="supports", actor=cast.amina)
    for party in shown:
        allow(session, people[0], party, FULL, cast.amina)
    refuse(session, people[1], facts=SAID, actor=cast.amina)
    refused = photos[1]
    one = plan_of(session, cast, shown[0], photos[0], told)
    submission = submission_of(session, cast, shown[1], refused, photos[0], told)
    remove_item(session, submission, live_items(session, submission)[0], reason="no", actor=cast.daria)
    other = make_plan(session, submission, actor=cast.daria)
    assert not one.closed
    assert not other.closed

    def told_to(plan):
        return [
            {name: value for name, value in item.items() if name not in {"annotations", "consents"}}
            | {"annotations": {k: v for k, v in item["annotations"].items() if k != "persons"}}
            for item in plan.document["items"]
        ]

    assert told_to(one) == told_to(other)
    assert str(refused.id) not in json.dumps(other.document)


def test_a_pseudonym_is_of_one_recipient_and_of_one_level(session, instance, cast):
    offices = [
        parties.prosecutor(session, cast.olena, name=name, name_latin=None) for name in ("One", "Another")
    ]
    person = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
    photo = exhibit_from(session, instance, cast, person, exhibits.png(1))
    other = exhibit_from(session, instance, cast, person, exhibits.png(2))
    made = derive(
        session,
        instance.vault,
        other,
        instance.vault.deposit(io.BytesIO(b"nobody in it")),
        kind=DerivativeKind.IDENTIFIERS_REMOVED,
        how="by hand",
        tool="a tool",
        facts=ExhibitFacts(title="Copy", source_kind=SourceKind.OWN),
        actor=cast.amina,
    )
    check_derivative(session, made, actor=cast.chen)
    named: list[Any] = []
    for office in offices:
        allow(session, person, office, FULL, cast.amina)
        cell = Cell(office, Use.INVESTIGATION, PSEUDONYM, (other.id,))
        limit(session, person, [cell], facts=SAID, actor=cast.amina)
        plan = plan_of(session, cast, office, photo, made)
        assert not plan.closed
        named += [tuple(item["annotations"]["persons"]) for item in plan.document["items"]]
    assert len(set(named)) == 4, "what names in one item must not name in the other"


@pytest.mark.parametrize("level", [FULL, PSEUDONYM])
def test_an_interview_under_a_pseudonym_says_neither_when_nor_in_which_language(instance, cast, level):
    scene = stage(instance, cast, level=level)
    with instance.transaction() as session:
        submission = submission_of(
            session,
            cast,
            session.get_one(Party, scene.recipient),
            session.get_one(Interview, scene.interview),
        ).reference
    files = released(instance, cast, submission)
    item = json.loads(files["data/interviews/IN-0001.json"])
    names = {name for event in events_in(files) for _, name, _ in event["extra"]["opened"]}
    if level is FULL:
        assert item["record"]["first_account"] == ACCOUNT
        assert "occurred" in names
        return
    assert set(item["record"]) == {"account_type", "state"}
    assert names == ALWAYS | {"record.account_type", "record.state"}
    assert ACCOUNT.encode() not in b"\n".join(files.values())


def test_an_incident_does_not_say_how_many_accounts_it_rests_on(session, cast):
    office = parties.prosecutor(session, cast.olena, recipient_class=RecipientClass.NATIONAL_PROSECUTOR)
    plan = plan_of(session, cast, office, incident(session, cast, basis="Two accounts, one of them refused."))
    assert "basis" not in plan.document["items"][0]["fields"]


def test_the_approver_is_told_that_words_rest_on_what_stays_here(session, instance, cast):
    office = parties.prosecutor(session, cast.olena)
    told = incident(session, cast)
    ours = exhibit_from(session, instance, cast, None, b"nothing\n")
    link_evidence(session, told, ours, shows="the door", stance="supports", actor=cast.amina)
    assert {gate.code.value for gate in plan_of(session, cast, office, told).gates} == {"rests-outside"}
    assert plan_of(session, cast, office, told, ours).gates == []


def test_somebody_who_is_only_seen_is_not_listed(session, instance, cast):
    office = parties.prosecutor(session, cast.olena)
    photo = exhibit_from(session, instance, cast, None, exhibits.png(1))
    person = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
    link_person(
        session,
        photo,
        person,
        role=PersonRole.DEPICTED,
        basis=LinkBasis.PUBLIC_SOURCE,
        basis_note="on the front page",
        actor=cast.amina,
    )
    plan = plan_of(session, cast, office, photo)
    assert plan.document["items"][0]["annotations"] == {}


def derived(session, instance, cast, original, kind, level=None):
    rules = None if level is None else Governance(level, LAWFUL.purpose, LAWFUL.legal_basis)
    return derive(
        session,
        instance.vault,
        original,
        instance.vault.deposit(io.BytesIO(b"a copy")),
        kind=kind,
        how="by hand",
        tool="a tool",
        governance=rules,
        actor=cast.amina,
    )


def test_the_title_of_a_working_copy_holds_no_number_of_this_house(session, instance, cast):
    original = exhibit_from(session, instance, cast, None, exhibits.png(1))
    made = derived(session, instance, cast, original, DerivativeKind.IDENTIFIERS_REMOVED)
    assert made.title == "Identifiers removed"


@pytest.mark.parametrize("kind", DerivativeKind)
def test_only_what_shows_less_may_be_less_restricted(session, instance, cast, kind):
    original = exhibit_from(session, instance, cast, None, exhibits.png(1))
    if kind in {DerivativeKind.REDACTION, DerivativeKind.IDENTIFIERS_REMOVED}:
        assert derived(session, instance, cast, original, kind, Level.PUBLIC).level is Level.PUBLIC
    else:
        with pytest.raises(GateClosed, match="cannot be less restricted"):
            derived(session, instance, cast, original, kind, Level.PUBLIC)


def test_who_may_not_see_the_original_cannot_have_compared_it(session, instance, cast):
    original = exhibit_from(session, instance, cast, None, exhibits.png(1))
    made = derived(session, instance, cast, original, DerivativeKind.REDACTION, Level.INTERNAL)
    amend_exhibit(session, original, {"level": Level.SEALED}, actor=cast.amina)
    for row in session.query(Grant).filter_by(account_id=cast.chen.account_id, compartment_id=cast.mission):
        end_grant(session, row, reason="tests", actor=cast.olena)
    grant(
        session,
        session.get_one(Compartment, cast.mission),
        role=Role.ANALYST,
        level=Level.INTERNAL,
        purpose="tests",
        actor=cast.olena,
        account=session.get_one(Account, cast.chen.account_id),
    )
    with pytest.raises(NotPermitted):
        check_derivative(session, made, actor=cast.chen)
