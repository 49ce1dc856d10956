"""What was found and given: photographs, papers, a film, remains with a marked part under seal."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.actors.models import Company
from evidence_tracker.casework.exhibits import derivatives, folders, provenance, remnants, seals, transfers
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import home_for
from evidence_tracker.casework.exhibits.models import (
    Confidence,
    DerivativeKind,
    Exhibit,
    ExhibitKind,
    Hazard,
    HolderKind,
    ListHit,
    PhotoView,
    PhysicalItem,
    SourceKind,
)
from evidence_tracker.casework.exhibits.physical import Photo, PhysicalFacts, take_in_item
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.cli.demonstration.files import MARKET, SCHOOL
from evidence_tracker.cli.demonstration.world import World, place
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited
from evidence_tracker.errors import GateClosed
from evidence_tracker.values.moment import Moment

CELLAR = place("Вигадане, підвал школи", **SCHOOL)
SQUARE = place("Нова Вигадана, ринкова площа", **MARKET)
FOUND = Moment.parse("2025-11-11T13:35", zone="Europe/Kyiv", zone_basis="clock of the team")


def of_autumn(world: World) -> None:
    """Take in what was given and photographed in autumn: the cellar, a wall, a diary, a notebook, papers."""
    world.at("2025-09-12 13:00")
    fast: dict[str, Any] = {
        "device": "Phone Seven (fictional)",
        "device_clock_offset_s": 420,
        "place": CELLAR,
    }
    for name, file, title in (
        ("door", "autumn/IMG_0907_door.jpg", "Door of the cellar"),
        ("inside", "autumn/IMG_0908_inside.jpg", "Inside of the cellar"),
    ):
        world.receive(
            name,
            file,
            by="marko",
            mission="autumn",
            source="bohuslav",
            title=title,
            collected=_day(9, 9),
            **fast,
        )
    world.receive(
        "school", "autumn/школа.jpg", by="nadia", mission="autumn", title="The school", place=CELLAR
    )
    for name, source, title in (
        ("wall", "yevdokiia", "A wall"),
        ("diary", "pylyp", "Page of a diary"),
        ("notebook", "zlatoslava", "Page of a notebook"),
    ):
        world.receive(name, f"autumn/{name}.jpg", by="lesia", mission="autumn", source=source, title=title)
    world.receive(
        "order",
        "autumn/наказ-12.pdf",
        by="marko",
        mission="autumn",
        source_kind=SourceKind.PARTNER,
        title="Order no. 12 (fictional)",
        language="uk",
        received_from="Fictional Legal Aid",
    )
    world.receive(
        "names",
        "autumn/list-of-names.docx",
        by="marko",
        mission="autumn",
        source="oksana",
        title="List of names",
    )
    _hold_before(world)
    _cover(world)


def _day(month: int, day: int, year: int = 2025) -> Moment:
    return Moment.parse(f"{year}-{month:02d}-{day:02d}")


def _hold_before(world: World) -> None:
    """State who had the order before it came here, and who is spoken of in the list."""
    with world.acting("marko") as (session, actor):
        order = world.get(session, Exhibit, "order")
        for holder, kind, until in (
            ("notice board of the school", HolderKind.DEVICE, _day(3, 24, 2022)),
            ("Fictional Legal Aid", HolderKind.PARTNER, _day(9, 12)),
        ):
            facts = provenance.StepFacts(holder, kind, stated_by="Fictional Legal Aid", held_until=until)
            provenance.add_step(session, order, facts, actor=actor)


def _cover(world: World) -> None:
    """Make a copy of the notebook page without its owner's name and metadata; another person checks it."""

    def take(session: Session, actor: Actor, deposited: Deposited, original: str) -> Exhibit:
        return derivatives.derive(
            session,
            world.instance.vault,
            world.get(session, Exhibit, "notebook"),
            deposited,
            kind=DerivativeKind.IDENTIFIERS_REMOVED,
            how="First line covered; all metadata of the camera left out.",
            tool="drawn by the demonstration",
            facts=ExhibitFacts(kind=ExhibitKind.PHOTO, title="Page of a notebook, one line covered"),
            actor=actor,
            original_name=original,
        )

    covered = folders.receive_file(
        world.evidence / "autumn/notebook-covered.jpg",
        vault=world.instance.vault,
        acting=lambda: world.acting("nadia"),
        receive=take,
    )
    world.keep("covered", covered)
    with world.acting("lesia") as (session, actor):
        derivatives.check_derivative(session, world.get(session, Exhibit, "covered"), actor=actor)


def of_the_square(world: World) -> None:
    """Take in the photographs of the square and of the marked part."""
    world.at("2025-11-11 14:30")
    for number, name in ((101, "crater 1"), (102, "crater 2"), (103, "crater 3")):
        world.receive(
            name,
            f"november/DSC_0{number}.jpg",
            by="nadia",
            mission="november",
            title="Crater in the square",
            place=SQUARE,
        )
    world.receive(
        "part",
        "november/DSC_0107_part.jpg",
        by="nadia",
        mission="november",
        title="Marked part",
        place=SQUARE,
    )


def of_november(world: World) -> None:
    """Take in what was given after the strike: a film, a report, counts; and the remains under seal."""
    world.at("2025-11-12 11:30")
    world.receive(
        "film",
        "november/VID_0033.mov",
        by="marko",
        mission="november",
        source="jonas",
        title="Film of the square",
    )
    world.receive(
        "report",
        "november/hospital.docx",
        by="marko",
        mission="november",
        source_kind=SourceKind.PARTNER,
        title="Report of a hospital (fictional)",
        received_from="Fictional Trauma Clinic",
    )
    world.receive(
        "counts", "november/casualties.csv", by="nadia", mission="november", title="Counts by source"
    )
    _remains(world)


def _remains(world: World) -> None:
    world.at("2025-11-13 09:00")
    reasons: dict[str, Any] = {
        "exception_reason": "The only part with a number; a serial number is needed to trace it.",
        "imminent_loss": "The square was to be cleared the same afternoon.",
        "lawful_basis": "Written permission of the council, owner of the square.",
        "authority_notified": "District police, duty officer (fictional)",
        "notified": FOUND,
        "hazard": Hazard.EXPLOSIVE,
        "packaging": "antistatic bag in a rigid box",
        "storage_location": "safe 2",
    }
    world.stop(
        "a thing that nobody had cleared was not taken",
        lambda: _take(world, PhysicalFacts(**reasons)),
        GateClosed,
    )
    _take(world, PhysicalFacts(**reasons, cleared_by="Fictional Demining Service"))
    with world.acting("nadia") as (session, actor):
        company = add_company(
            session,
            name="Fictional Microelectronics N.V.",
            registration_number="00-4077-0",
            registration_country="NL",
            headquarters_country="NL",
            source="extract of an invented register, 20 November 2025",
            actor=actor,
        )
        world.keep("company", company)
    with world.acting("nadia") as (session, actor):
        _describe_remains(world, session, actor)
    _hand_over(world)


def _take(world: World, facts: PhysicalFacts) -> None:
    with world.acting("marko") as (session, actor):
        mission = world.get(session, Mission, "november")
        photos = [
            Photo(world.get(session, Exhibit, f"crater {number}"), PhotoView.IN_SITU) for number in (1, 2, 3)
        ]
        item = take_in_item(
            session,
            facts=facts,
            about=ExhibitFacts(
                title="Circuit board with a marked part",
                collected=FOUND,
                place=SQUARE,
                source_kind=SourceKind.OWN,
            ),
            photos=photos,
            home=home_for(session, actor=actor, mission=mission),
            actor=actor,
        )
        world.keep("item", item)


def _describe_remains(world: World, session: Session, actor: Actor) -> None:
    facts = remnants.RemnantFacts(
        found=FOUND,
        position=SQUARE,
        munition="guided rocket (fictional type)",
        confidence=Confidence.POSSIBLE,
        munition_basis="Diameter of the body and one fin, compared with an invented reference photo.",
        found_by="nadia",
        crater_diameter_mm=2400,
        crater_depth_mm=700,
        crater_azimuth_deg=78,
        cleared_by="Fictional Demining Service",
        is_handled=True,
    )
    remnant = remnants.add_remnant(session, world.get(session, Exhibit, "crater 2"), facts, actor=actor)
    world.keep("remnant", remnant)
    part = remnants.ComponentFacts(
        description="Processor on a green board",
        manufacturer_marking="FICTIONAL MICROELECTRONICS",
        part_number="FM-4077A",
        date_code="2431",
        company_basis="Name and logo on the part",
        seat_country="NL",
        hs_code="8542 31",
        battlefield_list=ListHit.YES,
        battlefield_tier=1,
        battlefield_version="invented edition of October 2025",
        is_dual_use=True,
    )
    component = remnants.add_component(
        session,
        remnant,
        part,
        trademark_image=world.get(session, Exhibit, "part"),
        company=world.get(session, Company, "company"),
        actor=actor,
    )
    world.keep("component", component)


def _hand_over(world: World) -> None:
    """Seal the board, lend it to a laboratory, take it back with the seal as the laboratory set it."""
    with world.acting("marko") as (session, actor):
        seals.apply_seal(
            session, _board(world, session), "FX 000411", container="rigid box", witness="ST-03", actor=actor
        )
    world.at("2025-11-24 08:15")
    with world.acting("marko") as (session, actor):
        facts = transfers.TransferFacts(
            released_by="marko",
            released_organisation="Fictional Documentation Centre",
            received_by="LAB-02",
            received_organisation="Fictional Institute of Forensic Electronics",
            happened=Moment.at(world.clock.now()),
            reason="Reading of the part numbers",
            condition="dry, seal intact",
            seal_old="FX 000411",
            seal_new="FX 000412",
            is_seal_intact=True,
            remarks="Resealed at the counter.",
        )
        transfers.transfer(session, _board(world, session), facts, is_return_expected=True, actor=actor)
    world.at("2025-12-15 10:40")
    with world.acting("marko") as (session, actor):
        transfers.return_item(
            session,
            _board(world, session),
            returned=Moment.at(world.clock.now()),
            condition="dry, two screws loosened and fastened again",
            is_seal_intact=True,
            actor=actor,
        )


def _board(world: World, session: Session) -> Exhibit:
    return session.get_one(Exhibit, world.get(session, PhysicalItem, "item").exhibit_id)
