"""What the demonstration expects, what it found, and how it is told on one screen."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from evidence_tracker.errors import EvidenceTrackerError

WIDTH = 100
SHOWN = 5
FAULT_WIDTH = 48
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Refusal:
    """A refusal that was expected: what was said, and what to do next."""

    says: str = ""
    advice: str = ""


@dataclass
class Expectations:
    """What must hold, counted; what does not is named and decides the exit status."""

    kept: int = 0
    broken: list[str] = field(default_factory=list)

    def that(self, holds: bool, sentence: str) -> None:
        """Note whether something holds that the demonstration promises."""
        if holds:
            self.kept += 1
        else:
            self.broken.append(sentence)

    @contextmanager
    def refused(self, sentence: str, *kinds: type[EvidenceTrackerError]) -> Iterator[Refusal]:
        """Expect an act to be refused for one of these reasons."""
        refusal = Refusal()
        try:
            yield refusal
        except kinds as error:
            refusal.says, refusal.advice = str(error), error.advice
            self.kept += 1
        else:
            self.broken.append(sentence)


@dataclass
class Telling:
    """Lines of progress on standard error while it works, none where a machine listens."""

    is_quiet: bool

    def now(self, sentence: str) -> None:
        """Say what is being done."""
        if not self.is_quiet:
            click.echo(sentence, err=True)


@dataclass(frozen=True)
class Tampering:
    """One way of tampering: what was done, the first fault that was named, where, and the exit status."""

    done: str
    fault: str
    where: str
    status: int

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"done": self.done, "fault": self.fault, "where": self.where, "status": self.status}


def screen(facts: dict[str, Any]) -> list[str]:
    """Return the story: at most 45 lines of at most 100 columns, calm, with what to try next."""
    told = [*_half_year(facts), "", *_handing_over(facts), "", *_tamperings(facts["tamperings"])]
    # A command that is cut would not work: those keep their length.
    return [*map(_cut, told), "", *_next(facts), "", *map(_cut, _outcome(facts))]


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _half_year(facts: dict[str, Any]) -> list[str]:
    counts, gates = facts["counts"], facts["gates"]
    held = f"{counts['persons']} persons with sealed identities, {counts['interviews']} interviews,"
    taken = f"{counts['exhibits']} exhibits, {counts['captures']} captures, {counts['incidents']} incidents,"
    return [
        f"A fictional half-year of the {facts['organisation']}, September 2025 to February 2026",
        f"  {counts['missions']} missions: planned, approved by somebody else, held, closed, debriefed.",
        f"  {held} {taken}",
        f"  {counts['allegations']} allegations with what speaks for and against, element by element.",
        f"  {len(gates)} steps were stopped by the rules, among them:",
        *(f"    - {gate}" for gate in gates[:SHOWN]),
        *_folder(facts["folder"]),
    ]


def _folder(folder: dict[str, Any]) -> list[str]:
    digests = "each digest is the one hashlib gives." if folder["agreed"] else "DIGESTS DIFFER."
    lines = [f"  {folder['taken']} of {folder['files']} files in {folder['name']} were taken in; {digests}"]
    failed = folder["not_taken"]
    if failed:
        lines.append(f"    {len(failed)} not taken, the first: {failed[0]}")
    return lines


def _handing_over(facts: dict[str, Any]) -> list[str]:
    first, second, annex = (facts["bundles"][name] for name in ("icc", "prosecutor", "annex"))
    scan = facts["silence"]
    looked = f"{scan['searched']} names, codes, ids and digests were looked for in its {scan['places']} files"
    return [
        "Handed over, encrypted to the recipients' age keys; decrypted and verified as they would",
        f"  To the ICC          {first['name']}  {first['items']} items, exit status {first['status']}",
        f"  To the prosecutor   {second['name']}  {second['items']} items, exit status {second['status']}",
        f"  Its identity annex  {annex['name']}  {annex['items']} persons, exit status {annex['status']}",
        "  The first leaves out what was refused or withdrawn, and originals that show a hidden name.",
        f"  {looked}; found: {scan['found']}.",
        "  Its numbers have no gap, nothing in it counts what was withheld: nobody can tell who refused.",
        "  One person withdrew after the approval, and the sealing was refused:",
        f"    {facts['withdrawal']['says'].split(': ', 1)[-1].split(';')[0]}",
        "  Only when that was taken out and approved again could the bundle be sealed.",
    ]


def _tamperings(tamperings: Sequence[dict[str, Any]]) -> list[str]:
    caught = sum(bool(one["status"]) for one in tamperings)
    rows = [
        f"  {n:>2}. {one['done']:<45} {one['status']}  {_said(one)}" for n, one in enumerate(tamperings, 1)
    ]
    return [
        f"Tampered with copies in {len(tamperings)} ways, {caught} caught (exit status, first fault)",
        *rows,
    ]


def _said(one: dict[str, Any]) -> str:
    fault, where = str(one["fault"]), str(one["where"])
    for told in (f"{fault}: {where}", f"{fault}: {where.rsplit('/', 1)[-1]}"):
        if len(told) <= FAULT_WIDTH:
            return told
    return _ID.sub(lambda found: found[0][:8], fault)


def _next(facts: dict[str, Any]) -> list[str]:
    place, icc = _near(facts["place"]), facts["bundles"]["icc"]
    program = _program()
    return [
        f"Next, with EVIDENCE_TRACKER_PASSPHRASE='{facts['passphrase']}' in the environment:",
        f"  {program} custody verify --instance {place}",
        f"  {program} verify {_near(icc['received'])} \\",
        f"    --key '{facts['vkey']}'",
        f"  {program} submission check {icc['submission']} --instance {place}",
        f"  {program} allegation matrix {facts['allegation']} --instance {place}",
    ]


def _program() -> str:
    """Return how this program is called from here: by its name, by its path, or through Python."""
    beside = Path(sys.executable).with_name("evidence-tracker")
    if shutil.which("evidence-tracker"):
        return "evidence-tracker"
    return _near(str(beside)) if beside.exists() else f"{_near(sys.executable)} -m evidence_tracker"


def _near(path: str) -> str:
    """Return a path as one types it here, for a shell."""
    near = os.path.relpath(path)
    return shlex.quote(path if near.startswith("..") else near)


def _outcome(facts: dict[str, Any]) -> list[str]:
    broken = facts["broken"]
    if not broken:
        return [
            f"All {facts['kept']} expectations held; {facts['events']} events are in the log, all in place."
        ]
    lines = [f"{len(broken)} of {facts['kept'] + len(broken)} expectations did NOT hold:"]
    return lines + [f"  {sentence}" for sentence in broken[:SHOWN]]
