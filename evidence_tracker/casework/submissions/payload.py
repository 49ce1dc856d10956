"""The payload of a bundle: a function of the plan and of the custody log, of nothing else.

What is shown of a record is taken from its logged version, not from its row, so that what
the recipient reads is what the proof proves (docs/spec/bundle.md).
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.casework.consent.models import IdentityLevel
from evidence_tracker.casework.submissions.index import index_csv, index_pdf
from evidence_tracker.custody.events import CustodyVerb
from evidence_tracker.custody.history import CustodyEvent, events_of
from evidence_tracker.custody.ledger import RECORD_PREFIX, RECORD_TYPE
from evidence_tracker.errors import IntegrityFailure
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.vault.keyring import Keyring

#: Acts whose nature and time a recipient reads; others are transmitted closed.
OPEN_ACTS = frozenset(
    {
        CustodyVerb.RECORDED,
        CustodyVerb.AMENDED,
        CustodyVerb.EXHIBIT_RECEIVED,
        CustodyVerb.DERIVATIVE_MADE,
        CustodyVerb.SEALED,
        CustodyVerb.UNSEALED,
        CustodyVerb.RELEASED,
        CustodyVerb.TRANSFERRED,
        CustodyVerb.RETURNED,
        CustodyVerb.EXAMINED,
    }
)
RECEIPTS = frozenset({CustodyVerb.EXHIBIT_RECEIVED, CustodyVerb.DERIVATIVE_MADE})
ALWAYS = frozenset({"subject", "seq", "prev"})
_PLACES = {
    "data/custody.jsonl": "a custody event",
    "data/statement.json": "the statement",
    "data/allegations.json": "an allegation",
}
_FOLDERS = {"exhibit": "data/exhibits", "interview": "data/interviews", "incident": "data/incidents"}


@dataclass(frozen=True)
class File:
    """One file of the payload; ``chunks`` streams it, so that large ones are never in memory."""

    size: int
    crc32: int
    sha256: str
    sha512: str
    chunks: Callable[[], Iterable[bytes]]

    @classmethod
    def of(cls, data: bytes) -> "File":
        """Return a small file whose bytes are at hand."""
        return cls(
            len(data),
            zlib.crc32(data),
            hashlib.sha256(data).hexdigest(),
            hashlib.sha512(data).hexdigest(),
            lambda: (data,),
        )


@dataclass(frozen=True)
class Transmitted:
    """One event that goes along, with the fields that are opened in it."""

    item: str
    event: CustodyEvent
    opened: frozenset[str]


@dataclass(frozen=True)
class Item:
    """One planned item with its chain."""

    plan: Mapping[str, Any]
    chain: tuple[Transmitted, ...]

    @property
    def number(self) -> str:
        """Return its number in the submission."""
        return str(self.plan["number"])

    @property
    def record(self) -> dict[str, Any]:
        """Return the fields shown, from the version the log holds."""
        version = _last_version(self.chain)
        return {name: version[name] for name in self.plan["fields"]}

    def document(self) -> dict[str, Any]:
        """Return what stands in the item's JSON file."""
        shown: dict[str, Any] = {
            "number": self.number,
            "kind": self.plan["kind"],
            "custody": {"subject": self.plan["subject"], "events": len(self.chain)},
            "record": self.record,
        }
        if self.plan["annotations"]:
            shown["annotations"] = self.plan["annotations"]
        if self.plan["kind"] == "exhibit":
            shown |= {name: self.plan[name] for name in ("sha256", "size", "media_type", "file")}
        return shown


def load_items(session: Session, plan: Mapping[str, Any]) -> list[Item]:
    """Return the planned items with their chains, cut where the plan says the seal was set."""
    keyring: Keyring = session.info["keyring"]
    return [_load(session, keyring, item) for item in plan["items"] if item["kind"] != "person"]


def _load(session: Session, keyring: Keyring, item: Mapping[str, Any]) -> Item:
    events = events_of(session, keyring, UUID(item["subject"]))[: item["events"]]
    if len(events) != item["events"]:
        raise IntegrityFailure(
            f"The log holds {len(events)} events of {item['number']}, the plan {item['events']}."
        )
    last = max((index for index, event in enumerate(events) if event.record is not None), default=None)
    if last is None:
        raise IntegrityFailure(f"The log holds no saved version of {item['number']}.")
    chain = tuple(
        Transmitted(
            item["number"], event, _opened(event, item, is_first=index == 0, is_version=index == last)
        )
        for index, event in enumerate(events)
    )
    found = Item(item, chain)
    if events[last].values[RECORD_PREFIX + "version"] != item["record_version"]:
        raise IntegrityFailure(f"The last version of {item['number']} in the log is not the planned one.")
    return found


def _opened(
    event: CustodyEvent, item: Mapping[str, Any], *, is_first: bool, is_version: bool
) -> frozenset[str]:
    names = set(ALWAYS)
    verb = event.values["act"]
    if verb in OPEN_ACTS and not _is_withheld_interview(item):
        names |= {"act", "occurred", "logged_at"}
    if is_first and verb in RECEIPTS:
        names |= {"sha256", "size", "media_type"}
    if is_version:
        names |= {RECORD_PREFIX + name for name in item["fields"]}
    return frozenset(names & event.values.keys())


def _is_withheld_interview(item: Mapping[str, Any]) -> bool:
    # What was done when in an interview says when it was held, and so who may have given it.
    return bool(item["kind"] == "interview" and item["level"] != IdentityLevel.FULL.value)


def _last_version(chain: Iterable[Transmitted]) -> dict[str, Any]:
    versions = [item.event for item in chain if RECORD_TYPE in item.event.values]
    record = versions[-1].record
    if record is None:
        raise IntegrityFailure("A saved version cannot be read.")
    return record


def custody_lines(items: Iterable[Item]) -> bytes:
    """Return ``data/custody.jsonl``."""
    lines = []
    for n, (item, transmitted) in enumerate(transmissions(items), start=1):
        disclosure = transmitted.event.disclose(transmitted.opened)
        lines.append(
            canonical(
                {
                    "n": n,
                    "item": item.number,
                    "epoch": transmitted.event.epoch,
                    "index": transmitted.event.index,
                    "extra": json.loads(disclosure.to_extra()),
                }
            )
        )
    return b"".join(line + b"\n" for line in lines)


def transmissions(items: Iterable[Item]) -> Iterator[tuple[Item, Transmitted]]:
    """Yield every transmitted event in the order of ``custody.jsonl``."""
    for item in items:
        for transmitted in item.chain:
            yield item, transmitted


def small_files(plan: Mapping[str, Any], items: list[Item], frame: Mapping[str, str]) -> dict[str, bytes]:
    """Return every file below ``data/`` but the exhibits' own bytes, by path."""
    return {
        **json_files(plan, items, frame),
        "data/index.csv": index_csv(plan, items),
        "data/index.pdf": index_pdf(plan, items, frame),
    }


def json_files(plan: Mapping[str, Any], items: list[Item], frame: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that hold every word of the bundle; index.csv and index.pdf repeat them."""
    files: dict[str, bytes] = {}
    for item in items:
        if item.plan["kind"] == "allegation":
            continue
        name = f"{item.number}/item.json" if item.plan["kind"] == "exhibit" else f"{item.number}.json"
        files[f"{_FOLDERS[item.plan['kind']]}/{name}"] = _readable(item.document())
    allegations = [item.document() for item in items if item.plan["kind"] == "allegation"]
    if allegations:
        files["data/allegations.json"] = _readable(allegations)
    files["data/custody.jsonl"] = custody_lines(items)
    files["data/statement.json"] = _readable(statement(plan, frame))
    return files


def statement(plan: Mapping[str, Any], frame: Mapping[str, str]) -> dict[str, Any]:
    """Return the words at the front of a bundle: from whom to whom, for what, with what statement."""
    return {
        "from": frame["organisation"],
        "to": plan["recipient_name"],
        "use": plan["use"],
        "title": plan["title"],
        "statement": plan["statement"],
        "language": plan["language"],
        "sealed_on": frame["sealed_on"],
        "persons": (
            "Persons appear under pseudonyms made for this recipient alone. "
            "Numbers of items are valid in this submission alone."
        ),
    }


def _readable(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def texts_of(files: Mapping[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Yield (number, where in words, text) of every word that would leave, for the scan.

    The words are those that a reader gets, not their JSON: an escaped line break would split a
    telephone number. Keys are ours and left out, and so are salts, in which any four letters
    stand by chance.
    """
    for path, data in files.items():
        where = _PLACES.get(path, "its record")
        if path.endswith(".jsonl"):
            lines = [json.loads(line) for line in data.splitlines()]
            said = [(line["item"], [value for _, _, value in line["extra"]["opened"]]) for line in lines]
        else:
            value = json.loads(data)
            said = [(one.get("number", ""), one) for one in (value if isinstance(value, list) else [value])]
        for number, words in said:
            yield number, where, "\n".join(_words(words))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
