"""Parties, agreements and instructions in the browser."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from evidence_tracker.casework.parties import queries
from evidence_tracker.casework.parties.models import Agreement, Instruction, Party
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories import parties as make
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, done, page, refused, version_in

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
OTHER_KEY = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"
PARTY = {
    "kind": "prosecutor",
    "name": "Прокуратура <b>Вигаданої</b>",
    "name_latin": "Prokuratura Vyhadanoi",
    "recipient_class": "national-prosecutor",
    "country": "ua",
    "language": "uk",
    "level": "INTERNAL",
}


@dataclass
class Made:
    """The references of what is in the directory."""

    body: str
    partner: str
    agreement: str
    instruction: str


@pytest.fixture
def made(instance: Instance, cast: Cast) -> Made:
    with instance.transaction() as session:
        body, partner = make.prosecutor(session, cast.amina), make.partner(session, cast.amina)
        agreed = make.agreement(session, cast.amina, partner)
        told = make.instruction(session, cast.amina, body)
        return Made(body.reference, partner.reference, agreed.reference, told.reference)


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def chen(client_of: ClientOf) -> FlaskClient:
    """Return the browser of somebody who may approve exceptions."""
    return client_of("chen")


def stored(instance: Instance, cast: Cast, find: Any, reference: str) -> Any:
    with instance.reading() as session:
        row = find(session, reference, actor=cast.amina)
        session.expunge(row)
        return row


def party_of(instance: Instance, cast: Cast, reference: str) -> Party:
    return stored(instance, cast, queries.find_party, reference)  # type: ignore[no-any-return] # of any kind


def test_a_party_is_entered_in_two_scripts_and_shown_as_typed(amina, instance, cast):
    where = done(amina, "/parties/new/add", **PARTY, age_recipients=f"{KEY}\n", keys_checked_how="by voice")
    assert where == "/parties/KYI-P-0001"
    shown = page(amina, where)
    assert "Прокуратура &lt;b&gt;Вигаданої&lt;/b&gt;" in shown
    assert KEY in shown
    assert "National prosecutor" in shown
    row = party_of(instance, cast, "KYI-P-0001")
    assert (row.country, row.age_recipients, row.keys_checked_how) == ("UA", [KEY], "by voice")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Name, in its own script is missing"),
        ({"name_latin": ""}, "needs a form in Latin letters"),
        ({"country": "SU"}, "is not a country code"),
        ({"recipient_class": "media-public"}, "cannot receive as media-public"),
        ({"age_recipients": "age1nonsense"}, "is not a public age key"),
        ({"age_recipients": "AGE-SECRET-KEY-1QQ"}, "only the party itself may hold it"),
        ({"name": "a\x07b"}, "control characters"),
    ],
)
def test_a_party_that_is_half_stated_is_asked_again_with_every_word(amina, typed, sentence):
    shown = refused(amina, "/parties/new/add", **{**PARTY, "notes": "Слово, що лишається", **typed})
    assert sentence in shown.replace("&#39;", "'")
    assert "Слово, що лишається" in shown


def test_the_directory_is_filtered_and_given_as_csv(amina, made):
    assert made.body in page(amina, "/parties/?kind=prosecutor")
    assert made.partner not in page(amina, "/parties/?kind=prosecutor")
    assert made.partner in page(amina, "/parties/?recipient_class=partner")
    done(amina, f"/parties/{made.partner}/do/end", reason="closed", _typed=made.partner.lower())
    assert made.partner not in page(amina, "/parties/")
    assert made.partner in page(amina, "/parties/?include_ended=yes")
    lines = page(amina, "/parties/list.csv").splitlines()
    assert len(lines) == 2
    assert made.body in lines[1]


def test_what_a_body_asks_of_us_stands_above_everything_else(amina, made):
    shown = page(amina, f"/parties/{made.body}")
    before, facts = shown.index("Do not interview"), shown.index("Who it is")
    assert before < facts
    assert "PN-7KQ2MX" in shown
    assert made.instruction in shown[before:facts]
    assert "Do not interview" not in page(amina, f"/parties/{made.partner}")


def test_a_party_is_changed_unless_somebody_saved_first(amina, made, instance, cast):
    address = f"/parties/{made.partner}/do/amend"
    form = page(amina, address)
    typed = {
        "kind": "partner",
        "recipient_class": "partner",
        "name": "Fictional Legal Aid",
        "level": "INTERNAL",
    }
    typed |= {"name_latin": "Fictional Legal Aid", "country": "NL", "_version": version_in(form)}
    done(amina, address, **typed, contact="by letter")
    shown = refused(amina, address, 409, **typed, contact="by Signal")
    assert "by Signal" in shown
    assert "by letter" in shown
    assert party_of(instance, cast, made.partner).contact == "by letter"


def test_what_consent_hangs_on_is_changed_by_a_supervisor_only_and_no_word_is_lost(amina, chen, made):
    typed = {
        "kind": "media",
        "recipient_class": "media-public",
        "name": "Fictional Legal Aid",
        "_version": "1",
    }
    typed |= {
        "name_latin": "Fictional Legal Aid",
        "country": "NL",
        "level": "INTERNAL",
        "notes": "a long note",
    }
    shown = refused(amina, f"/parties/{made.partner}/do/amend", 403, **typed)
    assert "a long note" in shown
    done(chen, f"/parties/{made.partner}/do/amend", **typed)


def test_keys_are_replaced_by_a_supervisor_with_their_own_secret(amina, chen, made, instance, cast):
    address = f"/parties/{made.body}/do/keys"
    assert amina.get(address).status_code == 403
    assert "keys" not in page(amina, f"/parties/{made.body}").split('class="menu-items"')[-2]
    typed = {"age_recipients": f"{KEY}\n{OTHER_KEY}", "checked_how": "in person", "_version": "1"}
    shown = refused(chen, address, 403, **typed, _own_secret="not mine")
    assert OTHER_KEY in shown
    assert party_of(instance, cast, made.body).age_recipients == []
    done(chen, address, **typed, _own_secret="secret of chen")
    row = party_of(instance, cast, made.body)
    assert (row.age_recipients, row.keys_checked_how) == ([KEY, OTHER_KEY], "in person")
    assert KEY in page(chen, address)
    done(chen, address, age_recipients="", checked_how="lost", _version="2", _own_secret="secret of chen")
    assert party_of(instance, cast, made.body).age_recipients == []


def test_a_party_whose_keys_nobody_checked_is_told_apart(amina):
    done(amina, "/parties/new/add", **PARTY, age_recipients=KEY)
    assert "Nobody said how its keys were checked" in page(amina, "/parties/KYI-P-0001")


def test_the_contact_ends_only_for_whoever_types_the_reference(amina, made, instance, cast):
    address = f"/parties/{made.partner}/do/end"
    refused(amina, address, reason="closed", _typed="KYI-P-9999")
    assert party_of(instance, cast, made.partner).ended_at is None
    done(amina, address, reason="closed", _typed=made.partner)
    assert "closed" in page(amina, f"/parties/{made.partner}")
    assert amina.get(address).status_code == 422


def test_an_agreement_is_recorded_joined_left_and_ended(amina, made, instance, cast):
    typed = {"subject": "Sharing", "scope": "First accounts", "role": "joint-controller"}
    where = done(amina, "/agreements/new/add", **typed, party=made.partner, signed_on="2026-02-01")
    assert "In force" in page(amina, where)
    done(amina, f"{where}/in/parties/join", party=made.body, role="recipient")
    shown = page(amina, where)
    assert "Prokuratura Vyhadanoi oblasti" in shown
    with instance.reading() as session:
        agreed = queries.find_agreement(session, where.rsplit("/", 1)[1], actor=cast.amina)
        links = {
            party.reference: link.id for link, party in queries.parties_to(session, agreed, actor=cast.amina)
        }
    done(amina, f"{where}/in/parties/{links[made.body]}/leave")
    assert made.body not in page(amina, where)
    done(
        amina,
        f"{where}/do/amend",
        **{**typed, "subject": "Sharing more", "level": "INTERNAL", "_version": "1"},
    )
    assert "Not signed" in page(amina, where)
    done(amina, f"{where}/do/end", reason="over", _typed=where.rsplit("/", 1)[1])
    assert "Ended" in page(amina, where)


def test_an_agreement_begins_on_the_page_of_its_party(amina, made, instance, cast):
    done(
        amina,
        f"/parties/{made.body}/in/agreements/add",
        subject="Memorandum",
        scope="Leads",
        role="recipient",
        legal_basis="statute",
    )
    shown = page(amina, f"/parties/{made.body}")
    assert "Memorandum" in shown
    assert "Not signed" in shown
    found = stored(instance, cast, queries.find_agreement, "KYI-PA-0002")
    assert isinstance(found, Agreement)
    assert found.legal_basis == "statute"
    refused(amina, f"/parties/{made.body}/in/agreements/add", subject="Second", scope="Leads")


def test_agreements_are_listed_with_whom_they_are_and_whether_they_bind(amina, made):
    shown = page(amina, "/agreements/")
    assert "Fictional Legal Aid" in shown
    assert "In force" in shown
    assert made.agreement in page(amina, f"/agreements/?in_force=yes&party={made.partner.lower()}")
    assert made.agreement not in page(amina, f"/agreements/?party={made.body}")
    assert amina.get("/agreements/?party=KYI-P-9999").status_code == 404
    assert "Fictional Legal Aid" in page(amina, "/agreements/list.csv")


def test_an_instruction_is_recorded_and_closes_gates_at_once(amina, made, instance, cast):
    typed: dict[str, Any] = {"kind": "do-not-visit", "wording": "Прохання не відвідувати", "source": "letter"}
    where = done(amina, "/instructions/new/add", **typed, party=made.body, area="Вигадане", until="2026-12")
    shown = page(amina, where)
    assert "This stands" in shown
    assert "Прохання не відвідувати" in shown
    done(amina, f"/parties/{made.body}/in/instructions/add", **typed, person_code="pn-7kq2mx")
    with instance.reading() as session:
        known = queries.page_instructions(session, actor=cast.amina)
    assert {row.person_code for row in known} == {"PN-7KQ2MX", None}
    refused(amina, "/instructions/new/add", **typed, party=made.body)
    refused(amina, "/instructions/new/add", **typed, party=made.partner, area="Вигадане")
    refused(amina, "/instructions/new/add", **typed, party="KYI-P-9999", area="Вигадане")


def test_only_a_supervisor_corrects_or_lifts_what_another_body_asked(amina, chen, made, instance, cast):
    address = f"/instructions/{made.instruction}"
    for act in ("amend", "lift"):
        assert amina.get(f"{address}/do/{act}").status_code == 403
    typed = {"kind": "do-not-contact", "person_code": "PN-7KQ2MX", "wording": "x", "source": "y"}
    typed |= {"since": "2026-02-01", "level": "CONFIDENTIAL", "_version": "1"}
    refused(chen, f"{address}/do/amend", 403, **typed)
    done(chen, f"{address}/do/amend", **typed, _own_secret="secret of chen")
    refused(chen, f"{address}/do/lift", 409, how="letter 3", _version="1", _own_secret="secret of chen")
    done(chen, f"{address}/do/lift", how="letter 3", _version="2", _own_secret="secret of chen")
    row = stored(instance, cast, queries.find_instruction, made.instruction)
    assert isinstance(row, Instruction)
    assert (row.kind, row.lifted_source) == ("do-not-contact", "letter 3")
    assert "letter 3" in page(chen, address)
    assert chen.get(f"{address}/do/lift").status_code == 422


def test_instructions_are_listed_with_the_body_and_filtered(amina, chen, made):
    assert "Prokuratura Vyhadanoi oblasti" in page(amina, "/instructions/")
    assert made.instruction in page(amina, f"/instructions/?standing=yes&party={made.body}")
    assert made.instruction not in page(amina, "/instructions/?kind=do-not-visit")
    assert amina.get("/instructions/?kind=do-nothing").status_code == 422
    done(
        chen, f"/instructions/{made.instruction}/do/lift", how="x", _version="1", _own_secret="secret of chen"
    )
    assert made.instruction not in page(amina, "/instructions/?standing=yes")
    assert "PN-7KQ2MX" in page(amina, "/instructions/list.csv")
    assert "<" not in page(amina, "/instructions/list.csv")


def test_the_outsider_finds_no_party_no_agreement_and_no_instruction(client_of, made):
    outsider = client_of("outsider")
    for path in (
        f"/parties/{made.body}",
        f"/parties/{made.body}/do/amend",
        f"/parties/{made.body}/in/agreements/add",
        f"/agreements/{made.agreement}",
        f"/agreements/{made.agreement}/custody",
        f"/instructions/{made.instruction}",
        f"/instructions/{made.instruction}/do/lift",
        "/parties/KYI-P-9999",
    ):
        assert outsider.get(path).status_code == 404, path
    for path in ("/parties/", "/agreements/", "/instructions/"):
        assert "KYI-P" not in page(outsider, path)
    for path in ("/parties/new/add", "/agreements/new/add", "/instructions/new/add"):
        assert outsider.get(path).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/parties/",
        "/parties/KYI-P-0001",
        "/agreements/",
        "/agreements/KYI-PA-0001",
        "/instructions/",
        "/instructions/KYI-PI-0001",
    ],
)
def test_a_page_asks_the_database_little_however_much_there_is(amina, made, instance, cast, path):
    with instance.transaction() as session:
        body = queries.find_party(session, made.body, actor=cast.amina)
        queries.find_party(session, made.partner, actor=cast.amina)
        for _ in range(8):
            other = make.prosecutor(session, cast.amina, age_recipients=[KEY])
            make.agreement(session, cast.amina, other)
            make.agreement(session, cast.amina, body)
            make.instruction(session, cast.amina, body)
    with asking(instance) as asked:
        page(amina, path)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
