"""At the recipient: the bundle is decrypted, verified with the key given, and searched for what it must not say."""

import base64
import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pyrage
from sqlalchemy import select

from evidence_tracker.access.models import Account
from evidence_tracker.access.records import find
from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.persons.identities import planted_names
from evidence_tracker.casework.persons.names import fold
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.releasing import record_receipt
from evidence_tracker.cli.demonstration.bundles import (
    CLOSED,
    WITHDRAWN,
    Counter,
    HandedOver,
    withheld_from_icc,
)
from evidence_tracker.cli.demonstration.world import World
from evidence_tracker.custody.checkpoints import head
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.report import Report
from evidence_tracker.jobs.bundles import newest
from evidence_tracker.values.moment import Moment

SHORTEST = 5


@dataclass(frozen=True)
class Received:
    """A bundle as its recipient has it: the plain ZIP, the receipt, what the verifier said."""

    path: Path
    receipt: Path
    report: Report


def log_key(world: World) -> str:
    """Return the key that recipients verify with; they get it apart from the bundles."""
    with world.instance.reading() as session:
        return world.instance.signer.signer(head(session).origin).vkey


def receive(world: World, recipient: str, handed: HandedOver, folder: str, vkey: str) -> Received:
    """Decrypt a bundle with the recipient's key and verify it, as the recipient does."""
    target = world.path / "received" / folder
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    words = (world.path / "recipients" / f"{recipient}.txt").read_text("utf-8").splitlines()
    identity = pyrage.x25519.Identity.from_str(words[-1])
    plain = target / f"{handed.name}.zip"
    plain.write_bytes(pyrage.decrypt(handed.path.read_bytes(), [identity]))
    receipt = target / f"{handed.name}.receipt"
    shutil.copyfile(handed.path.with_name(receipt.name), receipt)
    report = verify_bundle(plain, vkey=vkey, receipt=receipt)
    world.expect.that(report.status == 0, f"{handed.name} does not verify: {report.verdict()}")
    return Received(plain, receipt, report)


def acknowledge(world: World, handed: HandedOver) -> None:
    """Record that the recipient acknowledged a bundle, with the digest that they state."""
    digest = hashlib.sha256(handed.path.read_bytes()).hexdigest()
    with world.acting("tomas") as (session, actor):
        submission = find(session, Submission, handed.submission, actor=actor)
        receipt = record_receipt(
            session,
            newest(session, submission),
            received=Moment.at(world.instance.clock.now()),
            received_by="registry desk (fictional)",
            recipient_reference="2026/4077 (fictional)",
            stated_sha256=digest,
            actor=actor,
        )
        world.expect.that(receipt.is_match is True, "The digest that the recipient stated is not ours.")


def contents(path: Path) -> dict[str, bytes]:
    """Return every file of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def silent(counter: Counter, submission: str, received: Received) -> dict[str, Any]:
    """Search a bundle for everything it must not say; returns how much was looked for, and what was found."""
    world, files = counter.world, contents(received.path)
    secrets = _secrets(counter, submission)
    texts = {name: text for path, data in files.items() for name, text in _texts(world, path, data)}
    found = sorted({name for name, text in texts.items() if any(secret in text for secret in secrets)})
    world.expect.that(not found, f"The bundle to the ICC says what it must not in {found}.")
    world.expect.that(_has_no_gap(files), "The numbers in the bundle to the ICC have a gap.")
    return {"searched": len(secrets), "places": len(files), "found": len(found)}


def _secrets(counter: Counter, submission: str) -> set[str]:
    """Return names, codes and ids, folded, of the withheld persons, their records, others who work or receive."""
    world = counter.world
    persons = withheld_from_icc(world)
    ids: set[UUID] = {person.id for person in persons} | {world.records["prosecutor"].id}
    words = {person.code for person in persons} | {world.records["prosecutor"].name_latin}
    for name in (*CLOSED, *WITHDRAWN, *(f"form {person}" for person in ("oksana", "yevdokiia", "pylyp"))):
        ids.add(world.records[name].id)
        words.add(world.records[name].reference)
        if isinstance(world.records[name], Exhibit):
            words.add(world.records[name].sha256)
    with counter.world.acting("ostap") as (session, actor):
        row = session.scalars(select(Submission).where(Submission.reference == submission)).one()
        planted = planted_names(
            session, counter.private, [person.id for person in persons], submission=row, actor=actor
        )
        words |= {text for texts in planted.values() for text in texts if len(text) >= SHORTEST}
        for account in session.scalars(select(Account)):
            ids.add(account.id)
            words.add(account.display_name)
        consents = select(ConsentEvent.id).where(
            ConsentEvent.person_id.in_([person.id for person in persons])
        )
        ids |= set(session.scalars(consents))
    words |= {str(record_id) for record_id in ids} | {record_id.hex for record_id in ids}
    return {fold(word) for word in words}


def _texts(world: World, path: str, data: bytes) -> list[tuple[str, str]]:
    """Return every way to read one file: its name, its bytes, its words, its properties, its opened fields."""
    sandbox = world.instance.vault.sandbox
    media_type = sandbox.inspect(data).value
    examined = sandbox.examine([data], media_type)
    said = " ".join(f"{name} {value}" for name, value in examined.properties.items())
    ways = {
        path: f"{path} {data.decode('utf-8', 'ignore')}",
        f"{path} (words)": sandbox.text([data], media_type).text,
        f"{path} (properties)": f"{said} {examined.make} {examined.model}",
        f"{path} (fields)": _fields(path, data),
    }
    return [(name, fold(text)) for name, text in ways.items()]


def _fields(path: str, data: bytes) -> str:
    if not path.endswith(".tlog-proof"):
        return ""
    extra = next((line for line in data.decode().splitlines() if line.startswith("extra ")), "extra ")
    return base64.b64decode(extra.removeprefix("extra ")).decode("utf-8", "ignore")


def _has_no_gap(files: dict[str, bytes]) -> bool:
    """Say whether the items of each kind are numbered from 1 on, so that nothing taken out leaves a trace."""
    allegations = json.loads(files["data/allegations.json"])
    numbers = [path.split("/")[2].removesuffix(".json") for path in files if path.count("/") > 1]
    numbers += [one["number"] for one in allegations]
    kinds: dict[str, set[int]] = {}
    for number in numbers:
        kind, _, place = number.partition("-")
        if place.isdigit() and kind in {"EX", "IN", "IC", "AL"}:
            kinds.setdefault(kind, set()).add(int(place))
    return all(places == set(range(1, len(places) + 1)) for places in kinds.values())
