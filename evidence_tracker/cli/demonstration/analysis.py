"""What is said to have happened, and how it reads under the law: for and against, element by element."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.actors.models import Company, Suspect, Unit
from evidence_tracker.casework.actors.suspects import add_suspect, record_position
from evidence_tracker.casework.actors.units import add_unit, place_under
from evidence_tracker.casework.allegations.alleging import allege, change_status, name_suspect
from evidence_tracker.casework.allegations.bearings import bear, record_finding
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.exhibits.models import Exhibit, Remnant
from evidence_tracker.casework.incidents import links
from evidence_tracker.casework.incidents.harm import count_casualties
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.recording import record_incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.osint.models import Capture
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.cli.demonstration.things import CELLAR, SQUARE
from evidence_tracker.cli.demonstration.world import LAWFUL, PROTECTED, World, place
from evidence_tracker.custody.events import Actor

Evidence = Exhibit | Interview | Capture

INCIDENTS: dict[str, dict[str, Any]] = {
    "cellar": {
        "title": "Cellar of the school, Vyhadane (fictional)",
        "kind": "confinement",
        "occurred": {"value": "2022-03-12/2022-03-24", "zone": "Europe/Kyiv", "zone_basis": "as was said"},
        "place": CELLAR,
        "narrative": "Villagers were kept in the cellar of the school for twelve days behind a door bolted from outside.",
        "basis": "First accounts and photographs.",
        "military_presence": "Soldiers with the number 999 on their sleeves were said to be in the school.",
    },
    "market": {
        "title": "Strike on the market, Nova Vyhadana (fictional)",
        "kind": "attack",
        "occurred": {
            "value": "2025-11-03T11:25",
            "zone": "Europe/Kyiv",
            "zone_basis": "clock of a telephone",
        },
        "place": SQUARE,
        "narrative": "A munition hit the market square during opening hours.",
        "basis": "A film, a report of a hospital, remains in the square, an account.",
        "target_object": "market square with stalls",
        "target_status": "civilian",
        "military_presence": "None was seen in the square.",
        "warning_given": "no",
        "weapon_system": "guided rocket, possible",
        "launch_direction": "from the east (azimuth 78 degrees at the crater)",
        "damage": "Nine stalls burnt, one crater of 2.4 m.",
        "undefended_status": "unknown",
    },
    "buses": {
        "title": "Buses from Zelenyi Vyhin (fictional)",
        "kind": "child-transfer",
        "occurred": {"value": "2025-12-02", "zone": "Europe/Kyiv", "zone_basis": "date of a post"},
        "place": place("Зелений Вигін"),
        "narrative": "Children are said to have been taken away in buses on the morning of 2 December.",
        "basis": "A post in a channel.",
    },
}
#: incident, evidence, passage, what it shows, for or against the recorded facts
SHOWN = (
    ("cellar", "door", "xywh=330,140,380,500", "a door with a bolt on the outside", "supports"),
    ("cellar", "inside", "xywh=540,200,310,80", "twelve strokes on the wall", "supports"),
    ("cellar", "interview oksana", "para. 1", "twelve days, two guards at the bolt", "supports"),
    ("cellar", "interview yevdokiia", "para. 1", "days counted on the wall", "supports"),
    ("cellar", "covered", "whole", "days counted in a notebook", "supports"),
    ("cellar", "order", "p. 1", "orders the use of the rooms below the school", "supports"),
    ("cellar", "diary", "whole", "a mast on the roof of the school", "context"),
    ("market", "film", "00:00:00-00:00:03", "smoke over the stalls", "supports"),
    ("market", "interview jonas", "para. 1", "no soldiers and no vehicles in the square", "supports"),
    ("market", "crater 2", "whole", "remains in a crater", "supports"),
    ("market", "report", "para. 2", "eleven persons with injuries from fragments", "supports"),
    ("market", "counts", "whole", "a count of the council that differs", "contradicts"),
    ("buses", "post", "whole", "says that forty children were taken", "supports"),
)
COUNTS = (
    (
        "market",
        {"harm": "killed", "category": "civilian", "count_min": 3, "count_max": 3, "basis": "hospital"},
    ),
    (
        "market",
        {"harm": "killed", "category": "civilian", "count_min": 2, "count_max": 4, "basis": "council"},
    ),
    ("market", {"harm": "injured", "count_min": 11, "basis": "hospital"}),
    (
        "cellar",
        {"harm": "detained", "category": "civilian", "count_min": 25, "count_max": 35, "basis": "accounts"},
    ),
    (
        "buses",
        {"harm": "missing", "age_band": "under-18", "count_min": 30, "count_max": 40, "basis": "a post"},
    ),
)


@dataclass(frozen=True)
class Reading:
    """One incident read under one category."""

    name: str
    incident: str
    category: str
    rationale: str
    bearings: tuple[tuple[int, str, str, str, int, str], ...]
    findings: tuple[tuple[int, str, str], ...] = ()
    ihl_basis: tuple[str, ...] = ()


#: element, evidence, passage, direction, strength, note
READINGS = (
    Reading(
        "confinement",
        "cellar",
        "rome-statute:8(2)(a)(vii)-2",
        "People were held behind a door bolted from outside for days.",
        (
            (1, "door", "xywh=560,350,160,60", "inculpatory", 3, "The bolt is on the outside."),
            (1, "interview oksana", "para. 1", "inculpatory", 3, "Twelve days, guarded."),
            (1, "covered", "whole", "inculpatory", 2, "Days counted."),
            (1, "wall", "whole", "context", 1, "A wall beside the school."),
            (2, "interview oksana", "para. 1", "inculpatory", 2, "Villagers, no fighters named."),
            (
                3,
                "order",
                "p. 1",
                "exculpatory",
                1,
                "Orders water twice a day and speaks of persons, not of prisoners.",
            ),
            (4, "interview oksana", "para. 1", "inculpatory", 2, "Soldiers with a number on their sleeves."),
            (
                0,
                "diary",
                "whole",
                "exculpatory",
                1,
                "A mast on the roof may have been a reason to clear the houses.",
            ),
        ),
        (
            (1, "met", "Accounts, door and order agree."),
            (2, "contested", "Nothing shows yet who each of those held was."),
            (3, "open", "To be looked at with the order of battle."),
        ),
    ),
    Reading(
        "attack",
        "market",
        "rome-statute:8(2)(b)(ii)",
        "A market in use was hit; no military objective is known nearby.",
        (
            (1, "crater 2", "whole", "inculpatory", 3, "Remains of a munition."),
            (1, "film", "00:00:01", "inculpatory", 2, "Smoke rises within seconds."),
            (2, "interview jonas", "para. 1", "inculpatory", 2, "Nothing military in the square."),
            (
                2,
                "counts",
                "whole",
                "exculpatory",
                1,
                "The council's list names two men whose work is unknown.",
            ),
            (
                3,
                "part",
                "xywh=300,240,360,240",
                "context",
                2,
                "A guided type would allow a choice of target.",
            ),
        ),
        ((1, "met", "Crater and remains."), (3, "open", "Depends on what the launcher could see.")),
    ),
    Reading(
        "transfer",
        "buses",
        "ua-cc:438(1)/2024",
        "Children were taken away by the occupying forces.",
        (
            (0, "post", "whole", "inculpatory", 1, "The channel says so itself."),
            (
                0,
                "post picture",
                "xywh=28,80,500,140",
                "exculpatory",
                1,
                "It speaks of a summer camp and a return.",
            ),
        ),
        ihl_basis=("GC IV art 49",),
    ),
)


def name_actors(world: World) -> None:
    """Record the units, the commander and where he stood, each with its source."""
    world.at("2025-10-06 08:30")
    with world.acting("nadia") as (session, actor):
        stated: dict[str, Any] = {
            "kind": "armed-forces",
            "country": "RU",
            "actor": actor,
            "governance": LAWFUL,
        }
        regiment = add_unit(
            session,
            name="999-й вигаданий полк",
            name_latin="999th Fictional Regiment",
            name_language="uk",
            echelon="regiment",
            source="accounts, an order",
            **stated,
        )
        division = add_unit(
            session, name="99th Fictional Division", echelon="division", source="an invented chart", **stated
        )
        world.keep("regiment", regiment)
        place_under(
            session,
            regiment,
            division,
            basis="an invented chart",
            since="2021",
            confidence="probable",
            actor=actor,
        )
        suspect = add_suspect(
            session,
            name="Вигаданець Зиновій",
            name_latin="Zynovii Vyhadanets (fictional)",
            name_language="uk",
            capacity="commander",
            offence_basis="authorised-by-national-law",
            governance=PROTECTED,
            source="signature below an order",
            actor=actor,
        )
        world.keep("suspect", suspect)
        record_position(
            session,
            suspect,
            title="commander",
            unit=regiment,
            since="2022-01",
            source="signature below an order",
            confidence="probable",
            actor=actor,
        )


def record(world: World, *names: str) -> None:
    """Record incidents with who was harmed and who is said to have had a part."""
    for name in names:
        with world.acting("marko") as (session, actor):
            incident = record_incident(
                session, INCIDENTS[name], actor=actor, compartment_id=world.homes["case"], governance=LAWFUL
            )
            world.keep(name, incident)
            for about, counted in COUNTS:
                if about == name:
                    count_casualties(session, incident, counted, actor=actor)
            _link(world, session, incident, name, actor)


def _link(world: World, session: Session, incident: Incident, name: str, actor: Actor) -> None:
    bearers: dict[str, tuple[tuple[Any, str, str, str], ...]] = {
        "cellar": (
            (Unit, "regiment", "controlled-area", "probable"),
            (Suspect, "suspect", "ordered", "possible"),
        ),
        "market": ((Company, "company", "supplied", "possible"),),
        "buses": ((Unit, "regiment", "carried-out", "unverified"),),
    }
    for model, key, role, confidence in bearers[name]:
        bearer = world.get(session, model, key)
        links.link_actor(
            session, incident, bearer, role=role, confidence=confidence, basis="see the evidence", actor=actor
        )
    persons = {"cellar": ("oksana", "yevdokiia", "zlatoslava"), "market": (), "buses": ("myroslava",)}
    for key in persons[name]:
        links.link_person(session, incident, world.get(session, Person, key), role="victim", actor=actor)
    if name == "market":
        attribution = "Lay in the crater; no other strike is known there."
        remnant = world.get(session, Remnant, "remnant")
        links.link_remnant(session, incident, remnant, attribution=attribution, actor=actor)


def show(world: World) -> None:
    """Link evidence to incidents, supporting and contradicting alike."""
    for about, evidence, passage, shows, stance in SHOWN:
        with world.acting("nadia") as (session, actor):
            links.link_evidence(
                session,
                world.get(session, Incident, about),
                _evidence(world, session, evidence),
                shows=shows,
                stance=stance,
                citation=passage,
                actor=actor,
            )


def read(world: World) -> None:
    """Read incidents under crime categories: bearings for and against, findings, who is named."""
    for reading in READINGS:
        with world.acting("tomas") as (session, actor):
            incident = world.get(session, Incident, reading.incident)
            allegation = allege(
                session,
                incident,
                reading.category,
                rationale=reading.rationale,
                ihl_basis=reading.ihl_basis,
                actor=actor,
            )
            world.keep(reading.name, allegation)
        with world.acting("nadia") as (session, actor):
            allegation = world.get(session, Allegation, reading.name)
            for element, evidence, passage, direction, strength, note in reading.bearings:
                found = _evidence(world, session, evidence)
                bear(
                    session,
                    allegation,
                    element,
                    found,
                    direction=direction,
                    strength=strength,
                    note=note,
                    citation=passage,
                    actor=actor,
                )
        with world.acting("tomas") as (session, actor):
            allegation = world.get(session, Allegation, reading.name)
            for element, state, reasoning in reading.findings:
                record_finding(session, allegation, element, state=state, reasoning=reasoning, actor=actor)
    with world.acting("tomas") as (session, actor):
        allegation = world.get(session, Allegation, "confinement")
        suspect = world.get(session, Suspect, "suspect")
        name_suspect(
            session,
            allegation,
            suspect,
            mode="28(a)",
            confidence="possible",
            basis="signed the order",
            actor=actor,
        )
        change_status(session, allegation, "supported", reason="Element 1 is met.", actor=actor)


def _evidence(world: World, session: Session, name: str) -> Evidence:
    model: type[Evidence] = type(world.records[name])
    return world.get(session, model, name)
