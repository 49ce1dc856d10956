"""Check 7: every item has its whole chain of custody, and shows what the log holds of it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, TypeGuard

from .canonical import JSON, canonical
from .commitment import Disclosure
from .contents import Contents, read_whole
from .faults import IntegrityFault
from .files import MAX_SMALL, FileDigests
from .merkle import leaf_hash
from .report import ITEMS, Findings

RECEIPT_ACTS = ("exhibit_received", "derivative_made")
ALLEGATIONS = "data/allegations.json"

_NUMBER = re.compile(r"[A-Z]{2,4}-[0-9]{1,9}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EXHIBIT = re.compile(r"data/exhibits/([^/]+)/item\.json")
_BESIDE = re.compile(r"data/exhibits/([^/]+)/(.+)")
_SINGLE = re.compile(r"data/(interview|incident)s/([^/]+)\.json")
_KEYS = {"number", "kind", "custody", "record"}
_EXHIBIT_KEYS = _KEYS | {"sha256", "size", "media_type", "file"}
_BARE = {"subject", "seq", "prev"}


class MalformedItem(IntegrityFault):
    """A file that describes an item is not written as it has to be."""


@dataclass(frozen=True)
class Item:
    """What one item file says; ``file`` is the path of an exhibit's bytes, else empty."""

    number: str
    kind: str
    subject: str
    events: int
    record: Mapping[str, JSON]
    annotations: tuple[str, ...]
    sha256: str = ""
    size: int = 0
    media_type: str = ""
    file: str = ""


@dataclass
class Chain:
    """What has been seen of one item's events so far."""

    item: Item
    seen: int = 0
    opened: int = 0
    next_seq: int = 1
    last_leaf: str = ""
    last_place: tuple[int, int] = (0, -1)
    first: dict[str, JSON] = field(default_factory=dict)
    version: dict[str, JSON] = field(default_factory=dict)

    def add(self, disclosure: Disclosure, place: tuple[int, int], where: str, findings: Findings) -> None:
        """Take the next event; name each way in which it does not follow the one before."""
        values = disclosure.opened_values()
        for sentence in self._breaks(values, place):
            findings.fault(ITEMS, "chain-broken", where, sentence)
        seq = values.get("seq")
        self.next_seq = (seq if isinstance(seq, int) else self.next_seq) + 1
        self.last_leaf = leaf_hash(disclosure.leaf()).hex()
        self.last_place = place
        self.seen += 1
        self.opened += values.keys() > _BARE
        self.first = self.first if self.seen > 1 else values
        record = {name[7:]: value for name, value in values.items() if name.startswith("record.")}
        self.version = record or self.version

    def unproved(self) -> tuple[str, ...]:
        """Return what the item file says that no event says."""
        is_typed = self.item.kind != "exhibit" or "media_type" in self.first
        return self.item.annotations if is_typed else ("media_type", *self.item.annotations)

    def _breaks(self, values: dict[str, JSON], place: tuple[int, int]) -> Iterable[str]:
        if not values.keys() >= _BARE:
            yield "It does not open subject, seq and prev, as every event has to."
            return
        if values["subject"] != self.item.subject:
            yield f"It is an event of another subject than {self.item.number}."
        if not same(values["seq"], self.next_seq):
            yield f"It is event {values['seq']} of its subject; {self.next_seq} should follow here."
        if values["prev"] != self.last_leaf:
            yield "It does not name the event before it (prev)."
        if place <= self.last_place:
            yield "It stands earlier in the log than the event before it."


class Items:
    """All items of a bundle with their chains; ``paths`` are the files that are about them."""

    def __init__(self, items: Iterable[Item], paths: Iterable[str]) -> None:
        self.chains = {item.number: Chain(item) for item in items}
        self.paths = frozenset(paths)

    def counts(self) -> dict[str, JSON]:
        """Return number → events, as the item files state them."""
        return {number: chain.item.events for number, chain in self.chains.items()}

    def add(
        self, number: str, disclosure: Disclosure, place: tuple[int, int], where: str, findings: Findings
    ) -> None:
        """Hand an event to the chain of its item."""
        chain = self.chains.get(number)
        if chain is None:
            findings.fault(ITEMS, "event-without-item", where, f"There is no item {number!a}.")
        else:
            chain.add(disclosure, place, where, findings)

    def close(self, digests: Mapping[str, FileDigests], findings: Findings) -> None:
        """Judge each chain after the last event (the end of check 7)."""
        for number, chain in sorted(self.chains.items()):
            for name, sentence in _faults_of(chain, digests):
                findings.fault(ITEMS, name, number, sentence)
            events = "1 event" if chain.seen == 1 else f"{chain.seen} events"
            withheld = chain.seen - chain.opened
            findings.note(ITEMS, f"{number}: {events}, {chain.opened} opened, {withheld} withheld")
            unproved = chain.unproved()
            if unproved:
                findings.note(
                    ITEMS, f"{number}: not proved by the log, words of the sender: {', '.join(unproved)}"
                )


def read_items(contents: Contents, findings: Findings) -> Items:
    """Read all item files; name those that cannot be read (the beginning of check 7)."""
    items: dict[str, Item] = {}
    subjects: set[str] = set()
    paths: set[str] = set()
    for path in sorted(contents.sizes):
        try:
            found = _items_in(contents, path)
        except IntegrityFault as fault:
            findings.caught(ITEMS, path, fault)
            continue
        for item in found:
            if item.number in items or item.subject in subjects:
                findings.fault(ITEMS, "item-twice", path, f"{item.number}, or its subject, is there twice.")
            items.setdefault(item.number, item)
            subjects.add(item.subject)
            paths.add(path)
    _check_beside(contents, items, findings)
    paths.update(item.file for item in items.values())
    return Items(items.values(), paths)


def same(value: object, other: object) -> bool:
    """Return whether two JSON values are equal in type too (1 is not true)."""
    try:
        return canonical(value) == canonical(other)  # type: ignore[arg-type]
    except IntegrityFault:
        return False


def is_count(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number of 0 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_digest(value: object) -> TypeGuard[str]:
    """Return whether a value is a SHA-256 in lower-case hexadecimal."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def is_subject(value: object) -> TypeGuard[str]:
    """Return whether a value is a UUID as the log writes it."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _faults_of(chain: Chain, digests: Mapping[str, FileDigests]) -> Iterable[tuple[str, str]]:
    """Yield (name, sentence) of each fault of a finished chain."""
    item = chain.item
    if chain.seen != item.events:
        yield "chain-incomplete", f"It should have {item.events} events; {chain.seen} are here."
    for name, value in sorted(item.record.items()):
        if name not in chain.version:
            yield "record-unproved", f"No event proves the field {name!a}; it may have been added."
        elif not same(value, chain.version[name]):
            yield "record-differs", f"The field {name!a} differs from the version in the log."
    if item.kind == "exhibit":
        yield from _exhibit_faults(item, chain.first, digests.get(item.file))


def _exhibit_faults(
    item: Item, first: Mapping[str, JSON], actual: FileDigests | None
) -> Iterable[tuple[str, str]]:
    if actual is None:
        yield "file-missing", f"Its bytes, {item.file}, are not here or cannot be read."
    elif (item.sha256, item.size) != (actual.sha256, actual.size):
        yield "bytes-differ", f"{item.file} does not have the digest and size that its item.json says."
    if first.get("act") not in RECEIPT_ACTS:
        yield "receipt-missing", "Its first event does not show its receipt (or its making)."
    elif not (same(first.get("sha256"), item.sha256) and same(first.get("size"), item.size)):
        yield "bytes-differ", "Digest or size are not those logged at its receipt."
    if "media_type" in first and not same(first["media_type"], item.media_type):
        yield "record-differs", "The media type is not the one logged at its receipt."


def _check_beside(contents: Contents, items: Mapping[str, Item], findings: Findings) -> None:
    expected = {
        path for item in items.values() for path in (item.file, f"data/exhibits/{item.number}/item.json")
    }
    for path in sorted(contents.sizes):
        if _BESIDE.fullmatch(path) and path not in expected:
            findings.fault(ITEMS, "file-without-item", path, "No item of this bundle claims this file.")


# --- Item files -------------------------------------------------------------------------------


def _items_in(contents: Contents, path: str) -> list[Item]:
    """Return the items that the file at ``path`` describes; most files describe none."""
    exhibit, single = _EXHIBIT.fullmatch(path), _SINGLE.fullmatch(path)
    if exhibit:
        return [_exhibit(_parse(contents, path), exhibit[1])]
    if single:
        return [_item(_parse(contents, path), single[1], single[2])]
    if path != ALLEGATIONS:
        return []
    entries = _parse(contents, path)
    if not isinstance(entries, list):
        raise MalformedItem("The allegations are not an array.")
    return [_item(entry, "allegation", None) for entry in entries]


def _exhibit(value: JSON, number: str) -> Item:
    item = _item(value, "exhibit", number)
    entry = value if isinstance(value, dict) else {}
    digest, size, media_type, name = (entry.get(key) for key in ("sha256", "size", "media_type", "file"))
    if not (is_digest(digest) and is_count(size) and isinstance(media_type, str) and isinstance(name, str)):
        raise MalformedItem("sha256, size, media_type or file is not written as it has to be.")
    if "/" in name or name == "item.json":
        raise MalformedItem("The file is not the plain name of a file beside item.json.")
    path = f"data/exhibits/{number}/{name}"
    return Item(
        item.number, item.kind, item.subject, item.events, item.record, item.annotations,
        digest, size, media_type, path,
    )  # fmt: skip


def _item(value: JSON, kind: str, number: str | None) -> Item:
    if not isinstance(value, dict):
        raise MalformedItem("The item is not an object.")
    required = _EXHIBIT_KEYS if kind == "exhibit" else _KEYS
    if value.keys() - {"annotations"} != required:
        raise MalformedItem(f"The item has to have exactly {', '.join(sorted(required))} (and annotations).")
    found, custody = value["number"], value["custody"]
    record, annotations = value["record"], value.get("annotations", {})
    if value["kind"] != kind or not isinstance(found, str) or not _NUMBER.fullmatch(found):
        raise MalformedItem("The kind does not fit the place of the file, or the number is none.")
    if found != (number or found):
        raise MalformedItem(f"The number {found} does not fit the path.")
    if not isinstance(custody, dict) or custody.keys() != {"subject", "events"}:
        raise MalformedItem("custody is not {subject, events}.")
    subject, events = custody["subject"], custody["events"]
    if not is_subject(subject) or not is_count(events) or events == 0:
        raise MalformedItem("The subject is no UUID, or the number of events is not at least 1.")
    if not isinstance(record, dict) or not isinstance(annotations, dict):
        raise MalformedItem("record or annotations is not an object.")
    return Item(found, kind, subject, events, record, tuple(sorted(annotations)))


def _parse(contents: Contents, path: str) -> JSON:
    """Return the JSON value of a file; refuse duplicate keys and what canonical JSON cannot hold."""
    data = read_whole(contents, path, MAX_SMALL)
    try:
        value: JSON = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_distinct,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedItem("The file is not JSON in UTF-8.") from error
    canonical(value)
    return value


def _distinct(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise MalformedItem("A key is there twice in one object.")
    return keys


def _refuse_number(text: str) -> NoReturn:
    raise MalformedItem(f"The number {text[:20]} is not a whole number.")
