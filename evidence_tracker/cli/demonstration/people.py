"""Who is in the story: staff, recipients and other bodies, and those who need protection. All invented."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage

from evidence_tracker.access.accounts import add_account
from evidence_tracker.access.compartments import open_compartment
from evidence_tracker.access.models import Account, CompartmentKind, Profile, Role
from evidence_tracker.casework.missions.team import record_competence
from evidence_tracker.casework.parties.agreements import record_agreement
from evidence_tracker.casework.parties.directory import add_party
from evidence_tracker.casework.parties.instructions import record_instruction
from evidence_tracker.casework.parties.models import DataProtectionRole, Party, PartyKind, RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.protection import assess_threat
from evidence_tracker.casework.persons.registration import add_person
from evidence_tracker.cli.demonstration.world import PASSPHRASE, PROTECTED, World
from evidence_tracker.custody.events import Actor, CustodyVerb, Door
from evidence_tracker.custody.ledger import record
from evidence_tracker.instance import cost_for
from evidence_tracker.keys.unlockers import Passphrase

#: Login → the name to show and the roles at headquarters (the lead has hers from setting up).
STAFF: dict[str, tuple[str, tuple[Role, ...]]] = {
    "marko": ("Marko Pokazenko (fictional investigator)", (Role.INVESTIGATOR,)),
    "lesia": ("Lesia Demonenko (fictional investigator)", (Role.INVESTIGATOR,)),
    "ostap": ("Ostap Zrazkovyi (fictional custodian)", (Role.CUSTODIAN, Role.LEGAL_OFFICER)),
    "vira": ("Vira Prykladna (fictional approver)", (Role.APPROVER,)),
    "tomas": ("Tomas Beispiel (fictional legal officer)", (Role.LEGAL_OFFICER,)),
    "nadia": ("Nadia Exempla (fictional analyst)", (Role.ANALYST,)),
}
PARTIES: dict[str, dict[str, Any]] = {
    "icc": {
        "kind": PartyKind.PROSECUTOR,
        "recipient_class": RecipientClass.ICC_OTP,
        "name": "Office of the Prosecutor (fictional desk)",
        "country": "NL",
    },
    "prosecutor": {
        "kind": PartyKind.PROSECUTOR,
        "recipient_class": RecipientClass.NATIONAL_PROSECUTOR,
        "name": "Прокуратура Вигаданої області (fictional)",
        "name_latin": "Prosecution Service of Vyhadana Oblast (fictional)",
        "country": "UA",
        "language": "uk",
    },
    "partner": {
        "kind": PartyKind.PARTNER,
        "recipient_class": RecipientClass.PARTNER,
        "name": "Fictional Legal Aid",
        "country": "NL",
    },
    "clinic": {
        "kind": PartyKind.SERVICE_PROVIDER,
        "recipient_class": RecipientClass.SERVICE_PROVIDER,
        "name": "Fictional Trauma Clinic",
        "country": "UA",
    },
    "team": {
        "kind": PartyKind.INVESTIGATING_BODY,
        "recipient_class": RecipientClass.EUROJUST,
        "name": "Fictional Joint Investigation Team",
        "country": "NL",
    },
}


@dataclass(frozen=True)
class Somebody:
    """One person who needs protection: what is sealed, what gates need to know, where they are registered."""

    mission: str
    identity: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    by: str = "marko"


PERSONS: dict[str, Somebody] = {
    "oksana": Somebody(
        "autumn",
        {
            "legal_name": "Небувалько Оксана Степанівна",
            "latin_name": "Oksana Nebuvalko",
            "date_of_birth": "1987-04-02",
            "phone": "+380 50 555 01 11",
            "safe_contact": "Signal on the same number, evenings only",
        },
        {
            "age_band": "25-39",
            "roles": ["victim", "witness"],
            "civil_status": "civilian",
            "languages": ["uk"],
        },
    ),
    "bohuslav": Somebody(
        "autumn",
        {
            "legal_name": "Казкарук Богуслав Ілліч",
            "latin_name": "Bohuslav Kazkaruk",
            "id_seen": "passport ФК 555012",
        },
        {"age_band": "60+", "roles": ["witness"], "civil_status": "civilian", "languages": ["uk", "ru"]},
    ),
    "yevdokiia": Somebody(
        "autumn",
        {
            "legal_name": "Мрійчук Євдокія Карпівна",
            "latin_name": "Yevdokiia Mriichuk",
            "alias": ["баба Мрійчиха"],
            "phone": "+380 67 555 02 22",
        },
        {"age_band": "60+", "roles": ["victim", "witness"], "civil_status": "civilian", "languages": ["uk"]},
    ),
    "pylyp": Somebody(
        "autumn",
        {
            "legal_name": "Уявенко Пилип Макарович",
            "latin_name": "Pylyp Uiavenko",
            "phone": "+380 93 555 03 33",
            "safe_contact": "pylyp@mail.example",
        },
        {"age_band": "40-59", "roles": ["witness"], "civil_status": "civilian", "languages": ["uk"]},
    ),
    "zlatoslava": Somebody(
        "autumn",
        {"legal_name": "Примаренко Златослава Юхимівна", "latin_name": "Zlatoslava Prymarenko"},
        {
            "age_band": "18-24",
            "roles": ["victim"],
            "civil_status": "civilian",
            "languages": ["uk"],
            "protection_level": "heightened",
        },
        by="lesia",
    ),
    "jonas": Somebody(
        "november",
        {"legal_name": "Jonas Prasimanauskas", "phone": "+370 600 55504", "nationality": "LT (fictional)"},
        {"age_band": "25-39", "roles": ["witness"], "civil_status": "civilian", "languages": ["en", "lt"]},
    ),
    "yaryna": Somebody(
        "winter",
        {
            "legal_name": "Снівчук Ярина Остапівна",
            "latin_name": "Yaryna Snivchuk",
            "phone": "+380 66 555 05 55",
        },
        {
            "age_band": "25-39",
            "roles": ["guardian", "relative"],
            "civil_status": "civilian",
            "languages": ["uk"],
        },
        by="lesia",
    ),
    "myroslava": Somebody(
        "winter",
        {"legal_name": "Снівчук Мирослава", "latin_name": "Myroslava Snivchuk"},
        {"age_band": "12-15", "roles": ["victim"], "languages": ["uk"], "protection_level": "heightened"},
        by="lesia",
    ),
    "dmytro": Somebody(
        "winter",
        {"legal_name": "Химерник Дмитро Онисимович", "latin_name": "Dmytro Khymernyk"},
        {
            "age_band": "40-59",
            "roles": ["insider"],
            "languages": ["uk", "ru"],
            "protection_level": "critical",
        },
    ),
}


def engage(world: World) -> None:
    """Give the staff accounts, roles at headquarters and trainings; name a second custodian."""
    with world.instance.reading() as session:
        home = session.query(Profile).one().organisation_compartment_id
    world.homes["home"] = home
    for login, (name, _) in STAFF.items():
        with world.acting("halyna") as (session, actor):
            cost = cost_for(world.instance.settings.kind)
            # One secret for everybody: whoever looks at the demonstration signs in as one after the other.
            account = add_account(
                session, login=login, display_name=name, actor=actor, secret=PASSPHRASE, cost=cost
            )
            world.staff[login] = Actor(account.id, login, Door.COMMAND_LINE)
            world.keep(f"account {login}", account)
    world.let_in(
        "home", {login: roles for login, (_, roles) in STAFF.items()}, purpose="work at headquarters"
    )
    _second_custodian(world)
    _trainings(world)
    _case(world)


def _second_custodian(world: World) -> None:
    keys, kind = world.instance.keys, world.instance.settings.kind
    first = keys.custodians()[0]
    private = keys.unlock_identity(first, Passphrase(PASSPHRASE, cost_for(kind)))
    with world.acting("halyna") as (session, actor):
        second = world.staff["ostap"].account_id
        record(session, CustodyVerb.CUSTODIAN_NAMED, second, compartment_id=world.homes["home"], actor=actor)
        keys.name_custodian(str(second), Passphrase(PASSPHRASE, cost_for(kind)), private)


def _trainings(world: World) -> None:
    for category in ("child", "trauma"):
        with world.acting("vira") as (session, actor):
            record_competence(
                session,
                world.get(session, Account, "account lesia"),
                category=category,
                basis="Course of the Fictional Institute for Interviews",
                awarded_on="2025-05-20",
                expires_on="2028-05-20",
                actor=actor,
            )


def _case(world: World) -> None:
    with world.acting("halyna") as (session, actor):
        case = open_compartment(
            session,
            kind=CompartmentKind.CASE,
            reference="KYI-CASE-1",
            title="Cellar, market and transfer (fictional)",
            actor=actor,
        )
        world.homes["case"] = case.id
    world.let_in(
        "case",
        {
            "marko": [Role.INVESTIGATOR],
            "nadia": [Role.ANALYST],
            "tomas": [Role.LEGAL_OFFICER],
            "ostap": [Role.CUSTODIAN, Role.LEGAL_OFFICER],
            "vira": [Role.APPROVER],
        },
        purpose="analysis and submissions",
    )


def meet_parties(world: World) -> None:
    """Enter recipients and other bodies in the directory, with keys, an agreement and an instruction.

    The private keys of the recipients are written where only their owner can read them: a
    recipient is a stranger, but here one person plays everybody.
    """
    folder = world.path / "recipients"
    folder.mkdir(mode=0o700)
    for name, stated in PARTIES.items():
        keys = [_recipient_key(folder / f"{name}.txt")] if name in {"icc", "prosecutor"} else []
        checked = "fingerprint read aloud on the telephone" if keys else None
        with world.acting("halyna") as (session, actor):
            party = add_party(session, actor=actor, age_recipients=keys, keys_checked_how=checked, **stated)
            world.keep(name, party)
    with world.acting("halyna") as (session, actor):
        record_agreement(
            session,
            subject="Sharing of accounts (fictional)",
            scope="First accounts without identities",
            parties=[(world.get(session, Party, "partner"), DataProtectionRole.JOINT_CONTROLLER)],
            signed_on="2025-08-20",
            valid_until="2027-08-20",
            actor=actor,
        )


def _recipient_key(path: Path) -> str:
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    path.touch(mode=0o600)
    path.write_text(f"# age key of an invented recipient\n# public key: {public}\n{identity}\n", "utf-8")
    return public


def register(world: World, *names: str) -> None:
    """Register persons who need protection and seal what names them; the heightened get an assessment."""
    for name in names:
        one = PERSONS[name]
        with world.acting(one.by) as (session, actor):
            person = add_person(
                session,
                compartment_id=world.homes[one.mission],
                facts=one.facts,
                actor=actor,
                governance=PROTECTED,
                identity=one.identity,
            )
            world.keep(name, person)
        if one.facts.get("protection_level") in {"heightened", "critical"}:
            _assess(world, name)


def _assess(world: World, name: str) -> None:
    review = (world.clock.now() + timedelta(days=90)).date().isoformat()
    with world.acting(PERSONS[name].by) as (session, actor):
        assess_threat(
            session,
            world.get(session, Person, name),
            {
                "threat_level": "high",
                "threats": "Neighbours ask who talks to strangers.",
                "measures": "Contact by one person only; no visits at home.",
                "review_on": review,
            },
            actor=actor,
        )


def ask_not_to_interview(world: World) -> None:
    """Record that another investigating body asked us to leave one person to it."""
    with world.acting("halyna") as (session, actor):
        record_instruction(
            session,
            world.get(session, Party, "team"),
            person_code=world.get(session, Person, "dmytro").code,
            wording="Please do not interview this person before our hearing in March.",
            source="letter 7/2026 by courier",
            since="2026-01-15",
            actor=actor,
        )
