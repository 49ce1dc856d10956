"""Handing over: gates asked, what may not go taken out, approved, stopped by a withdrawal, sealed, released."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence_tracker.access.records import find
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.gates import GateCode
from evidence_tracker.casework.submissions.models import Submission
from evidence_tracker.casework.submissions.plan import Plan
from evidence_tracker.casework.submissions.preparation import (
    Opening,
    add_item,
    live_items,
    open_submission,
    remove_item,
)
from evidence_tracker.cli.demonstration import interviews
from evidence_tracker.cli.demonstration.world import LAWFUL, PASSPHRASE, PROTECTED, World
from evidence_tracker.errors import ConsentMissing, GateClosed, NotPermitted
from evidence_tracker.instance import cost_for
from evidence_tracker.jobs import bundles
from evidence_tracker.jobs.bundles import Desk
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.keys.unlockers import Passphrase

EXHIBITS = (
    *("door", "inside", "school", "order", "covered", "crater 1", "crater 2", "crater 3", "part"),
    *("film", "report", "counts", "post page", "post picture", "recording oksana", "recording jonas"),
)
ACCOUNTS = ("interview oksana", "interview zlatoslava", "interview jonas")
ANALYSIS = ("cellar", "market", "buses", "confinement", "attack", "transfer")
WITHDRAWN = ("diary", "interview pylyp")
#: Put in by mistake, for the gates to find: refused by name, shown in full, naming somebody who refused.
CLOSED = {
    "wall": "consent",
    "interview yevdokiia": "consent",
    "notebook": "identity",
    "names": "name-found",
}
STATEMENT = (
    "Photographs, papers, a film, remains, accounts and a post on three events, with what speaks for and against. "
    "Material without consent for this use, and consent forms, are not part of a submission. All of it is fictional."
)
STATEMENT_UK = (
    "Світлини, документи, відео, рештки, розповіді та допис щодо трьох подій; що свідчить за і що проти. "
    "Матеріали без згоди на таке використання та бланки згоди до подання не входять. Усе вигадане."
)


@dataclass(frozen=True)
class HandedOver:
    """One bundle on its way: its submission, the encrypted file, how many items or persons are in it."""

    submission: str
    path: Path
    items: int

    @property
    def name(self) -> str:
        """Return the bundle's name."""
        return self.path.name.split(".", 1)[0]


def identity_key(world: World) -> PrivateKey:
    """Unlock the identity root with the custodian's own secret, for the scan for names and for the annex."""
    kind = world.instance.settings.kind
    holder = str(world.staff["ostap"].account_id)
    return world.instance.keys.unlock_identity(holder, Passphrase(PASSPHRASE, cost_for(kind)))


@dataclass(frozen=True)
class Counter:
    """The desks at which submissions are prepared, approved and built, with the identity root unlocked."""

    world: World
    private: PrivateKey

    def desk(self, login: str) -> Desk:
        """Return one of the staff at work on submissions."""
        return Desk(self.world.instance, self.world.staff[login], self.private)

    def open(
        self, recipient: str, opening: Opening, items: Sequence[str], *, annex_of: str | None = None
    ) -> str:
        """Open a submission and put items in, as its preparer; returns its reference."""
        world = self.world
        with world.acting("ostap" if annex_of else "tomas") as (session, actor):
            submission = open_submission(
                session,
                compartment_id=world.homes["case"],
                recipient=world.get(session, Party, recipient),
                opening=opening,
                governance=PROTECTED if annex_of else LAWFUL,
                annex_of=find(session, Submission, annex_of, actor=actor) if annex_of else None,
                actor=actor,
            )
            for name in items:
                model = type(world.records[name])
                add_item(session, submission, world.get(session, model, name), actor=actor)
            return submission.reference

    def take_out(self, reference: str, names: Sequence[str], *, reason: str) -> None:
        """Take items out of a submission again."""
        wanted = {self.world.records[name].id for name in names}
        with self.world.acting("tomas") as (session, actor):
            submission = find(session, Submission, reference, actor=actor)
            for item in live_items(session, submission):
                if item.subject in wanted:
                    remove_item(session, submission, item, reason=reason, actor=actor)

    def named(self, plan: Plan) -> dict[str, set[str]]:
        """Return the closed gates of a plan by the short name of the item they are about."""
        names = {str(record.id): name for name, record in self.world.records.items()}
        items = {item["number"]: names[item["subject"]] for item in plan.document["items"]}
        found: dict[str, set[str]] = {}
        for gate in plan.closed:
            found.setdefault(items.get(gate.where, gate.where), set()).add(gate.code.value)
        return found

    def check(self, reference: str, login: str = "tomas") -> Plan:
        """Ask every gate of a submission."""
        return bundles.check(self.desk(login), reference)

    def approve(self, plan: Plan, reference: str, login: str = "vira") -> str:
        """Approve a submission as it stands, after looking at all that ``plan`` asks to be looked at."""
        seen = {gate.where for gate in plan.gates if not gate.is_closed}
        return bundles.approve(self.desk(login), reference, looked_at=seen, note="Looked at each item.")

    def seal(self, reference: str, login: str = "tomas") -> None:
        """Seal an approved submission, to be encrypted to the recipient's keys."""
        bundles.seal(self.desk(login), reference, unencrypted_reason=None)

    def send(self, reference: str, login: str = "tomas") -> HandedOver:
        """Build and release a sealed submission."""
        written = bundles.build(self.desk(login), reference)
        bundle = bundles.release(self.desk(login), reference, channel="secure portal of the recipient")
        return HandedOver(reference, written.path, len(bundle.plan["items"]))


def prepare_for_icc(counter: Counter) -> str:
    """Prepare the submission to the ICC: the gates name what may not go, it is taken out, another approves."""
    world = counter.world
    world.at("2026-02-16 08:10")
    opening = Opening("Cellar, market, buses (fictional)", Use.INVESTIGATION, STATEMENT)
    reference = counter.open(
        "icc", opening, [*EXHIBITS, *WITHDRAWN[:1], *CLOSED, *ACCOUNTS, "interview pylyp", *ANALYSIS]
    )
    closed = counter.named(counter.check(reference))
    world.expect.that(set(closed) == set(CLOSED), f"The gates closed for {sorted(closed)}.")
    for name, code in CLOSED.items():
        world.expect.that(code in closed.get(name, set()), f"The gate {code} did not close for {name}.")
    world.stopped.append("what was refused, shows a hidden identity or names others could not go to the ICC")
    counter.take_out(reference, list(CLOSED), reason="The gates are closed for this recipient.")
    plan = counter.check(reference)
    world.expect.that(not plan.closed, "Gates are closed after the items were taken out.")
    world.stop(
        "whoever prepared a submission could not approve it",
        lambda: counter.approve(plan, reference, "tomas"),
        NotPermitted,
    )
    world.at("2026-02-18 09:30")
    counter.approve(plan, reference)
    return reference


def withdraw(world: World) -> None:
    """Let one person take back everything, two days after the approval."""
    world.at("2026-02-20 10:05")
    interviews.take_back(world, "pylyp")


def hand_to_icc(counter: Counter, reference: str) -> tuple[HandedOver, dict[str, Any]]:
    """Try to seal what was approved; the withdrawal stops it until the items are out and approved again."""
    world = counter.world
    says = world.stop(
        "a withdrawal after the approval kept the bundle from being sealed",
        lambda: counter.seal(reference),
        ConsentMissing,
    )
    counter.take_out(reference, WITHDRAWN, reason="Withdrawn.")
    again = world.stop(
        "what was changed after its approval was not sealed", lambda: counter.seal(reference), GateClosed
    )
    plan = counter.check(reference)
    warnings = [gate for gate in plan.gates if gate.code is GateCode.EXCULPATORY]
    world.expect.that(bool(warnings), "Nobody was told that evidence against an allegation stays out.")
    counter.approve(plan, reference)
    counter.seal(reference)
    told = {"says": says, "then": again, "warned": [gate.says for gate in warnings]}
    return counter.send(reference), told


def hand_to_prosecutor(counter: Counter) -> tuple[HandedOver, HandedOver]:
    """Hand over to the prosecutor what may go there, and in a second bundle who the persons are."""
    opening = Opening("Підвал, ринок, автобуси (fictional)", Use.INVESTIGATION, STATEMENT_UK, "uk")
    items = [*EXHIBITS, "wall", "names", *ACCOUNTS, "interview yevdokiia", *ANALYSIS]
    reference = counter.open("prosecutor", opening, items)
    plan = counter.check(reference)
    counter.world.expect.that(not plan.closed, "The gates of the prosecutor are closed.")
    counter.approve(plan, reference)
    counter.seal(reference)
    persons = ("oksana", "bohuslav", "yevdokiia", "jonas")
    words = "Who the persons of the other bundle are, as they allowed it. All of them are invented."
    annex = counter.open(
        "prosecutor",
        Opening("Identities (fictional)", Use.INVESTIGATION, words),
        persons,
        annex_of=reference,
    )
    counter.approve(counter.check(annex, "ostap"), annex)
    counter.seal(annex, "ostap")
    return counter.send(reference), counter.send(annex, "ostap")


def withheld_from_icc(world: World) -> list[Person]:
    """Return those of whom nothing may be known to the ICC but what a pseudonym says, or nothing at all."""
    return [
        world.records[name] for name in ("yevdokiia", "pylyp", "zlatoslava", "myroslava", "yaryna", "dmytro")
    ]
