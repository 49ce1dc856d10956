"""Exhibits, things and remains, made through the acts. All fictional."""

import io
import zlib
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import home_for, receive_exhibit
from evidence_tracker.casework.exhibits.models import (
    Confidence,
    Exhibit,
    ExhibitKind,
    Hazard,
    PhotoView,
    PhysicalItem,
    Remnant,
)
from evidence_tracker.casework.exhibits.physical import Photo, PhysicalFacts, take_in_item
from evidence_tracker.casework.exhibits.remnants import RemnantFacts, add_remnant
from evidence_tracker.custody.vault import Vault
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place
from tests.cast import Cast

FOUND = Moment.parse("2022-04-04T11:20", zone="Europe/Kyiv", zone_basis="clock of the village council")
SITE = Place(
    "Вигадана вулиця 5",
    language="uk",
    country="UA",
    latitude="50.0001",
    longitude="30.0002",
    precision_m=10,
    how_known="GPS of the camera",
)


def png(seed: int = 0) -> bytes:
    """Return a small real PNG of one pixel, different bytes for each seed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixel = zlib.compress(b"\0" + seed.to_bytes(3, "big"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def receive(
    session: Session,
    vault: Vault,
    cast: Cast,
    data: bytes = b"a note, in words\n",
    *,
    name: str | None = "note.txt",
    actor: Any = None,
    governance: Any = None,
    **facts: Any,
) -> Exhibit:
    """Return an exhibit of these bytes in the mission's compartment, received by amina."""
    return receive_exhibit(
        session,
        vault,
        vault.deposit(io.BytesIO(data)),
        facts=ExhibitFacts(**facts),
        actor=actor or cast.amina,
        compartment=session.get_one(Compartment, cast.mission),
        governance=governance,
        original_name=name,
    )


def photo(session: Session, vault: Vault, cast: Cast, seed: int = 0, **facts: Any) -> Exhibit:
    """Return a photo exhibit of its own bytes."""
    return receive(
        session, vault, cast, png(seed), name=f"IMG_{seed}.png", **{"kind": ExhibitKind.PHOTO, **facts}
    )


def photos_in_situ(session: Session, vault: Vault, cast: Cast, number: int = 3) -> list[Photo]:
    """Return different photos of a thing where it lay."""
    return [Photo(photo(session, vault, cast, seed), PhotoView.IN_SITU) for seed in range(number)]


def reasons(**facts: Any) -> PhysicalFacts:
    """Return everything that the gate of physical items asks for."""
    stated: dict[str, Any] = {
        "exception_reason": "The only fragment with a serial number.",
        "imminent_loss": "The site was to be cleared the same afternoon.",
        "lawful_basis": "Handed over by the owner of the land in writing.",
        "authority_notified": "District police, duty officer",
        "notified": FOUND,
        "hazard": Hazard.NONE,
    }
    return PhysicalFacts(**{**stated, **facts})


def thing(session: Session, vault: Vault, cast: Cast, **facts: Any) -> PhysicalItem:
    """Return a physical item whose gate is open."""
    home = home_for(session, actor=cast.amina, compartment=session.get_one(Compartment, cast.mission))
    return take_in_item(
        session,
        facts=reasons(**facts),
        about=ExhibitFacts(collected=FOUND, place=SITE),
        photos=photos_in_situ(session, vault, cast),
        home=home,
        actor=cast.amina,
    )


def exhibit_of(session: Session, item: PhysicalItem) -> Exhibit:
    """Return the exhibit of a physical item."""
    return session.get_one(Exhibit, item.exhibit_id)


def remnant(session: Session, vault: Vault, cast: Cast, **facts: Any) -> Remnant:
    """Return remains that a photo documents, with a rated hypothesis."""
    stated: dict[str, Any] = {
        "found": FOUND,
        "position": SITE,
        "munition": "122 mm rocket",
        "confidence": Confidence.PROBABLE,
        "munition_basis": "Diameter and fins compared with a reference photo.",
    }
    return add_remnant(
        session, photo(session, vault, cast, 77), RemnantFacts(**{**stated, **facts}), actor=cast.amina
    )
