"""Consent in the browser: three clicks to record it, chips for what stands, and no way round what guards it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.queries import history
from evidence_tracker.casework.consent.statements import Cell
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.queries import find_person
from evidence_tracker.casework.persons.registration import amend_person
from evidence_tracker.instance import Instance
from evidence_tracker.jobs import bundles
from tests.casework.submissions.scene import desk, stage
from tests.cast import Cast
from tests.factories import consent, interviews, parties, persons
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, done, page, refused
from tests.web.sheets import filled

SAID: dict[str, Any] = {"form": "written", "language": "uk", "obtained": "2026-03-02", "obtained_by": "amina"}
COURT: dict[str, Any] = {"recipients-icc-otp": "on", "uses-court": "on", "identity_level": "full"}


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


def registered(instance: Instance, cast: Cast, **facts: Any) -> str:
    with instance.transaction() as session:
        return persons.person(session, cast.amina, cast.mission, **facts).code


@pytest.fixture
def code(instance: Instance, cast: Cast) -> str:
    """Return the code of an adult witness who speaks Ukrainian."""
    return registered(instance, cast)


def said_by(instance: Instance, cast: Cast, code: str) -> list[Any]:
    with instance.reading() as session:
        person = find_person(session, code, actor=cast.amina)
        return list(history(session, person, actor=cast.amina))


def address(code: str, action: str = "") -> str:
    return f"/people/{code}/in/consents/{action}" if action else f"/people/{code}/consent"


def test_consent_is_recorded_in_three_clicks_from_a_person(amina, instance, cast, code):
    # A click on "Record consent", one on a package, one on the button: the second asks for nothing.
    form = re.search(
        rf'href="(/people/{code}/do/record-consent)">Record consent<', page(amina, f"/people/{code}")
    )
    assert form
    sheet = filled(page(amina, form[1]), form[1])
    leads_to = done(amina, form[1], **{**sheet, "package": "prosecutors-without-my-name"})
    assert leads_to == address(code)
    events = said_by(instance, cast, code)
    assert {event.package for event in events} == {"prosecutors-without-my-name"}
    first = events[0]
    assert (first.language, first.obtained_by, str(first.obtained)) == ("uk", "amina", "2026-03-02")
    assert first.capacity_ok is True


def test_consent_is_recorded_in_three_clicks_from_an_interview(amina, instance, cast, code):
    with instance.transaction() as session:
        person = find_person(session, code, actor=cast.amina)
        interview = interviews.begun(session, cast, person).reference
    step = page(amina, f"/interviews/{interview}/path?step=consent")
    form = re.search(rf'href="(/interviews/{interview}/do/record-consent)">Record consent<', step)
    assert form
    sheet = filled(page(amina, form[1]), form[1])
    assert done(amina, form[1], **{**sheet, "package": "only-help-me"}) == f"/interviews/{interview}/path"
    assert {event.package for event in said_by(instance, cast, code)} == {"only-help-me"}
    assert "may be kept" in page(amina, f"/interviews/{interview}/path")


def test_a_package_shows_its_words_in_the_language_of_the_person_and_its_cells_before_it_is_saved(
    amina, code
):
    form = page(amina, f"/people/{code}/do/record-consent")
    assert 'lang="uk"' in form
    assert "Вони не дізнаються мого імені" in form
    cells = re.search(r"Office of the Prosecutor General, Ukraine, .*?</tr>", form, re.DOTALL)
    assert cells
    assert "analysis, corroboration, investigation" in cells[0]
    assert "identity withheld" in cells[0]


def test_the_state_is_told_as_chips_and_what_was_said_stands_below(amina, code):
    done(
        amina,
        f"/people/{code}/do/record-consent",
        package="prosecutors-without-my-name",
        capacity_ok="on",
        expires_on="2027-12-31",
        conditions="Тільки якщо брата <b>не називають.",
        **SAID,
    )
    shown = page(amina, address(code))
    chip = r'consent-limited">may be used <i>identity withheld</i> <i>until 2027</i></span>'
    assert re.search(rf"Eurojust.*?{chip} <span>analysis, corroboration, investigation", shown, re.DOTALL)
    assert 'consent-yes">may be used <i>with name</i> <i>until 2027</i>' in shown
    assert "Everybody else, every other use" in shown
    assert "Тільки якщо брата &lt;b&gt;не називають." in shown
    assert "Prosecutors, without my name" in shown


def test_who_was_never_asked_is_told_so(amina, code):
    shown = page(amina, address(code))
    assert 'consent-unknown">was never asked</span>' in shown
    assert "The person was never asked." in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "It is not said what the person allows."),
        ({"package": "only-help-me", **COURT}, "Choose a package or single cells, not both."),
        ({"recipients-icc-otp": "on"}, "Single cells name the recipients and the uses."),
        ({"recipients-icc-otp": "on", "uses-court": "on"}, "and how the person is named"),
        ({"package": "no-such-package"}, "this is not one of the choices"),
        ({**COURT, "items": "KYI-M-0001"}, "KYI-M-0001 is no item."),
        ({**COURT, "items": "KYI-E-0404"}, "There is no exhibit"),
        ({**COURT, "form": "thumbprint"}, "needs a witness"),
        ({**COURT, "obtained": "2031"}, "lies in the future"),
        ({**COURT, "capacity_ok": ""}, "It is not confirmed"),
        ({**COURT, "expires_on": "2020-01-01"}, "would have expired"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_a_sentence_and_the_words_stay(
    amina, instance, cast, code, typed, sentence
):
    words = {**SAID, "capacity_ok": "on", "conditions": "лише без прізвища", **typed}
    answer = refused(amina, f"/people/{code}/do/record-consent", **words)
    assert sentence in answer
    assert "лише без прізвища" in answer
    assert said_by(instance, cast, code) == []


def test_single_cells_are_every_ticked_recipient_with_every_ticked_use(amina, instance, cast, code):
    with instance.transaction() as session:
        office = parties.prosecutor(session, cast.amina).reference
    done(
        amina,
        f"/people/{code}/do/record-consent",
        **COURT,
        **SAID,
        **{"recipients-eurojust": "on", "uses-investigation": "on", "party": office},
        capacity_ok="on",
    )
    found = {
        (event.recipient_class, event.party_id is not None, event.use)
        for event in said_by(instance, cast, code)
    }
    assert len(found) == 6
    assert {use for _, _, use in found} == {Use.COURT, Use.INVESTIGATION}
    assert any(is_named for _, is_named, _ in found)
    assert office in page(amina, address(code))


def test_a_limit_a_refusal_a_renewal_and_a_withdrawal_change_what_stands(amina, instance, cast, code):
    with instance.transaction() as session:
        person = find_person(session, code, actor=cast.amina)
        consent.allow_package(session, cast.amina, person, "prosecutors-with-my-name")
    done(
        amina,
        address(code, "limit"),
        **SAID,
        **{"recipients-eurojust": "on", "uses-court": "on", "identity_level": "code"},
    )
    done(amina, address(code, "refuse"), **SAID, **{"recipients-media-public": "on"})
    shown = page(amina, address(code))
    assert re.search(r"Eurojust.*?under a code</i></span> <span>court", shown, re.DOTALL)
    assert re.search(r'Media, the public.*?consent-no">refused</span> <span>every use', shown, re.DOTALL)
    done(amina, address(code, "renew"), **SAID, capacity_ok="on", expires_on="2028-06-30")
    assert "until 30 Jun 2028" in page(amina, address(code))
    done(amina, address(code, "withdraw"), **SAID, reason="Злякалася", _typed=code.lower())
    shown = page(amina, address(code))
    assert "may be used" not in shown
    assert "Злякалася" in shown
    kinds = [event.kind.value for event in said_by(instance, cast, code)]
    assert list(dict.fromkeys(kinds)) == ["given", "limited", "refused", "renewed", "withdrawn"]


def test_a_refusal_without_anything_ticked_is_of_everything(amina, instance, cast, code):
    done(amina, address(code, "refuse"), **SAID)
    (event,) = said_by(instance, cast, code)
    assert (event.recipient_class, event.use) == (None, None)
    shown = page(amina, address(code))
    assert re.search(r'Everybody, every use.*?consent-no">refused</span>', shown, re.DOTALL)


def test_a_limit_of_what_was_never_allowed_is_refused(amina, code):
    cells: dict[str, Any] = {"recipients-eurojust": "on", "uses-court": "on", "identity_level": "code"}
    assert "there is nothing to limit" in refused(amina, address(code, "limit"), **SAID, **cells)


def test_a_withdrawal_asks_for_the_code_of_the_person(amina, instance, cast, code):
    other = registered(instance, cast)
    assert "was not typed as it is" in refused(amina, address(code, "withdraw"), **SAID, _typed=other)
    assert said_by(instance, cast, code) == []


def test_a_withdrawal_says_what_was_handed_over_and_cannot_be_called_back(client_of, instance, cast):
    scene = stage(instance, cast)
    bundles.approve(desk(instance, cast.chen), scene.submission, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), scene.submission, unencrypted_reason=None)
    bundles.build(desk(instance, cast.daria), scene.submission)
    bundle = bundles.release(desk(instance, cast.daria), scene.submission, channel="courier")
    with instance.transaction() as session:
        source = session.get_one(Person, scene.source).code
        stranger = persons.person(session, cast.amina, cast.mission).code
    amina = client_of("amina")
    asked = page(amina, address(source, "withdraw"))
    assert "It cannot be called back" in asked
    assert bundle.name in asked
    assert "Nothing that you may see was handed over" in page(amina, address(stranger, "withdraw"))


def test_a_childs_consent_asks_for_everybody_it_needs(amina, instance, cast):
    with instance.transaction() as session:
        child = persons.child(session, cast.amina, cast.mission).code
        guardian = persons.person(session, cast.amina, cast.mission, roles=["guardian"]).code
    path = f"/people/{child}/do/record-consent"
    form = page(amina, path)
    sheet = filled(form, path) | {"package": "only-help-me"}
    assert "capacity_ok" not in sheet
    whole: dict[str, Any] = {
        **sheet,
        "capacity_ok": "on",
        "guardian": guardian,
        "is_guardian_conflict_checked": "on",
        "child_assent": "yes",
        "best_interest": "Help is near.",
    }
    for name in ("capacity_ok", "guardian", "is_guardian_conflict_checked", "best_interest"):
        refused(amina, path, **{**whole, name: ""})
    refused(amina, path, **{**whole, "child_assent": "no"})
    done(amina, path, **whole)
    shown = page(amina, address(child))
    assert guardian in shown
    assert "the child agrees" in shown


def test_what_was_known_at_a_day_is_told_as_of_that_day(amina, instance, cast, clock, code):
    with instance.transaction() as session:
        consent.allow_package(session, cast.amina, find_person(session, code, actor=cast.amina))
    assert "may be used" in page(amina, address(code) + "?as_known=2026-03-02")
    assert "was never asked" in page(amina, address(code) + "?as_known=2026-02-01")
    assert amina.get(address(code) + "?as_known=yesterday").status_code == 422


def test_consent_to_some_items_names_them_as_far_as_they_are_seen(amina, client_of, instance, cast, code):
    with instance.transaction() as session:
        person = find_person(session, code, actor=cast.amina)
        hidden = interviews.planned(session, cast, governance=Governance(Level.SEALED))
        cell = Cell(RecipientClass.EUROJUST, Use.INVESTIGATION, IdentityLevel.CODE, items=(hidden.id,))
        consent.allow(session, cast.amina, person, cell)
        reference = hidden.reference
    assert reference in page(amina, address(code))
    with instance.transaction() as session:
        interviews.lowered(session, cast, Level.RESTRICTED, home=cast.mission)
    shown = page(amina, address(code))
    assert reference not in shown
    assert "items that you may not see" in shown


def test_half_of_a_history_is_not_shown(amina, instance, cast, code):
    with instance.transaction() as session:
        person = find_person(session, code, actor=cast.amina)
        consent.allow_package(session, cast.amina, person)
        amend_person(session, person, {"level": "CONFIDENTIAL"}, actor=cast.olena)
        interviews.lowered(session, cast, Level.CONFIDENTIAL, home=cast.mission)
    assert amina.get(address(code)).status_code == 403
    form = page(amina, f"/people/{code}/do/record-consent")
    assert "is above your level" in form
    assert "Prosecutors, with my name" in form


def test_who_may_not_record_consent_reads_it_and_is_offered_nothing(client_of, code):
    daria = client_of("daria")
    shown = page(daria, address(code))
    assert "record-consent" not in shown
    assert "/in/consents/" not in shown
    for path in (f"/people/{code}/do/record-consent", address(code, "withdraw")):
        assert daria.get(path).status_code == 403
        assert daria.post(path, data={**SAID, **COURT}).status_code == 403


def test_the_outsider_and_an_unknown_code_are_answered_alike(client_of, amina, code):
    for browser, wanted in ((client_of("outsider"), code), (amina, "PN-222222")):
        for path in (address(wanted), f"/people/{wanted}/do/record-consent", address(wanted, "refuse")):
            for answer in (browser.get(path), browser.post(path, data=SAID)):
                assert answer.status_code in {404, 405}, (path, answer.status_code)


def test_what_ends_soon_is_listed_by_person_with_codes_alone(amina, client_of, instance, cast, code):
    with instance.transaction() as session:
        person = find_person(session, code, actor=cast.amina)
        consent.allow_package(session, cast.amina, person, "only-help-me", expires_on="2026-04-30")
    shown = page(amina, "/consent/expiring")
    assert code in shown
    assert "contacting again, referral, storage" in shown
    assert "Nothing ends until then." in page(amina, "/consent/expiring?until=2026-04-01")
    assert code not in page(client_of("outsider"), "/consent/expiring?until=2030-01-01")
    assert amina.get("/consent/expiring?until=soon").status_code == 422


def test_the_packages_are_shown_in_each_language_to_read_out(amina):
    assert "You may keep what I told you" in page(amina, "/consent/packages")
    assert "Ви можете зберігати те" in page(amina, "/consent/packages?language=uk")
    assert "You may keep what I told you" in page(amina, "/consent/packages?language=xx")


def test_the_page_asks_the_same_few_questions_whatever_was_said(amina, instance, cast, code):
    with instance.transaction() as session:
        person = find_person(session, code, actor=cast.amina)
        office = parties.prosecutor(session, cast.amina)
        item = interviews.planned(session, cast).id
        for _ in range(3):
            consent.allow_package(session, cast.amina, person)
        consent.allow(session, cast.amina, person, Cell(office, Use.COURT, IdentityLevel.FULL, (item,)))
    for path in (address(code), f"/people/{code}", "/consent/expiring?until=2030-01-01"):
        with asking(instance) as asked:
            page(amina, path)
        assert len(asked) <= MOST_QUERIES, (path, len(asked), asked)
