"""The course of the demonstration: a fresh instance, a half-year, bundles, tampering, a folder, a story."""

import getpass
import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.progress import Progress
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.osint.models import Capture
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.cli.demonstration import bundles, half_year, receiving, tampering
from evidence_tracker.cli.demonstration.bundles import Counter, HandedOver
from evidence_tracker.cli.demonstration.intake import Folder, take_in
from evidence_tracker.cli.demonstration.receiving import Received
from evidence_tracker.cli.demonstration.story import Expectations, Telling
from evidence_tracker.cli.demonstration.world import PASSPHRASE, World
from evidence_tracker.clock import FrozenClock, SystemClock
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.errors import NotReady
from evidence_tracker.instance import cost_for, create, open_instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import Passphrase
from evidence_tracker.settings import CONFIG, Kind

ORGANISATION = "Fictional Documentation Centre"
ORIGIN = "demo.evidence.example/kyiv"
LEAD = "Halyna Vydumana (fictional lead)"
#: Everything a demonstration writes; a folder that holds anything else is not replaced.
OWN = frozenset(
    {CONFIG, "keys", "vault", "bundles", "evidence", "recipients", "received", "tampered"}
    | {f"database.sqlite{ending}" for ending in ("", "-wal", "-shm")}
)
COUNTED = (Mission, Person, Interview, Exhibit, Capture, Incident, Allegation)


def run(path: Path, evidence: Path | None, telling: Telling, bar: Progress) -> dict[str, Any]:
    """Run the whole demonstration in a folder; returns what the story tells."""
    clear(path)
    world = begin(path, telling)
    try:
        return _course(world, evidence, bar)
    finally:
        world.instance.close()


def clear(path: Path) -> None:
    """Make room for a fresh demonstration: an earlier one is removed, anything else is left alone."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise NotReady(f"{path} is not a folder.", advice="Name a new folder with --instance.")
    names = {child.name for child in path.iterdir()} if path.exists() else set()
    if not names:
        return
    if not _is_demo(path) or names - OWN:
        raise NotReady(
            f"{path} holds something that is not an earlier demonstration; it was left as it is.",
            advice="Name a new folder with --instance, or remove this one yourself.",
        )
    # The configuration goes last: if this is interrupted, the rest is still known for a demonstration.
    for name in sorted(names - {CONFIG}):
        child = path / name
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    (path / CONFIG).unlink()


def _is_demo(path: Path) -> bool:
    try:
        return bool(tomllib.loads((path / CONFIG).read_text("utf-8")).get("kind") == Kind.DEMO)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def begin(path: Path, telling: Telling) -> World:
    """Set up the instance as its lead would have, on the first day of the half-year."""
    clock = FrozenClock(datetime.fromisoformat(half_year.BEGINS).replace(tzinfo=UTC))
    user = getpass.getuser()
    existed = path.exists()
    try:
        instance = create(
            path,
            organisation=ORGANISATION,
            origin=ORIGIN,
            kind=Kind.DEMO,
            unlocker=Passphrase(PASSPHRASE, cost_for(Kind.DEMO)),
            login="halyna",
            system_user=user,
            display_name=LEAD,
            clock=clock,
        )
    except BaseException:
        _undo(path, existed=existed)
        raise
    world = World(path, instance, clock, telling, Expectations())
    with instance.reading() as session:
        lead = session.scalars(select(Account).where(Account.login == "halyna")).one()
    world.staff["halyna"] = Actor(lead.id, "halyna", Door.COMMAND_LINE, user)
    return world


def _undo(path: Path, *, existed: bool) -> None:
    """Remove what a setting-up that did not end has left in the folder, which was empty."""
    for child in path.iterdir() if path.exists() else ():
        if child.is_dir():
            shutil.rmtree(child)
        else:
            child.unlink()
    if not existed and path.exists():
        path.rmdir()


def to_the_present(world: World) -> None:
    """Open the instance again with the clock of this machine, unless that stands before the half-year."""
    now = SystemClock().now()
    clock = SystemClock() if now > world.clock.at else world.clock
    world.instance.close()
    world.instance = open_instance(world.path, Passphrase(PASSPHRASE, cost_for(Kind.DEMO)), clock=clock)


def _course(world: World, evidence: Path | None, bar: Progress) -> dict[str, Any]:
    half_year.live_through(world)
    world.telling.now("Preparing what goes to the ICC; one person withdraws after the approval …")
    private = bundles.identity_key(world)
    reference = bundles.prepare_for_icc(Counter(world, private))
    bundles.withdraw(world)
    to_the_present(world)
    counter = Counter(world, private)
    icc, withdrawal = bundles.hand_to_icc(counter, reference)
    earlier = tampering.keep_database(world)
    world.telling.now("Handing over to the prosecutor, with the identity annex …")
    prosecutor, annex = bundles.hand_to_prosecutor(counter)
    world.telling.now("Receiving: decrypting, verifying, looking for what must not be in …")
    vkey = receiving.log_key(world)
    first = receiving.receive(world, "icc", icc, "icc", vkey)
    second = receiving.receive(world, "prosecutor", prosecutor, "prosecutor", vkey)
    third = receiving.receive(world, "prosecutor", annex, "prosecutor", vkey)
    receiving.acknowledge(world, icc)
    silence = receiving.silent(counter, icc.submission, first)
    folder = Folder(evidence.resolve(), is_own=False) if evidence else Folder(world.evidence, is_own=True)
    world.telling.now(f"Taking in {folder.path} …")
    taken = take_in(world, folder, bar)
    counts, events = _verify(world, bar)
    world.telling.now("Tampering with copies …")
    copies = world.path / "tampered"
    copies.mkdir(mode=0o700)
    forger = tampering.Forger(world, first, second.receipt, vkey, copies)
    tamperings = tampering.tamper(forger, earlier)
    return {
        "place": str(world.path),
        "organisation": ORGANISATION,
        "passphrase": PASSPHRASE,
        "vkey": vkey,
        "counts": counts,
        "events": events,
        "gates": world.stopped,
        "left_out": "what was refused, what was withdrawn, originals that show a hidden identity",
        "withdrawal": withdrawal,
        "bundles": {
            "icc": _bundle(icc, first),
            "prosecutor": _bundle(prosecutor, second),
            "annex": _bundle(annex, third),
        },
        "silence": silence,
        "folder": taken,
        "tamperings": [one.to_json() for one in tamperings],
        "allegation": world.records["confinement"].reference,
        "kept": world.expect.kept,
        "broken": world.expect.broken,
    }


def _bundle(handed: HandedOver, received: Received) -> dict[str, Any]:
    return {
        "name": handed.name,
        "submission": handed.submission,
        "items": handed.items,
        "path": str(handed.path),
        "received": str(received.path),
        "status": int(received.report.status),
        "verdict": received.report.verdict(),
    }


def _verify(world: World, bar: Progress) -> tuple[dict[str, int], int]:
    """Verify the whole instance, as ``custody verify`` does; returns the counts and the number of events."""
    world.telling.now("Verifying the log, every record and every file …")
    world.instance.checkpoint()
    task = bar.add_task("verifying", total=None)
    report = audit(
        world.instance,
        progress=lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total or None
        ),
    )
    world.expect.that(not report.findings, f"The instance does not verify: {report.findings[:1]}")
    with world.instance.reading() as session:
        counts = {f"{model.__tablename__}s": _count(session, model) for model in COUNTED}
    return counts, report.events


def _count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
