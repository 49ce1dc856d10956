"""Small honest bundles, made from the proof modules alone, and the means to spoil them.

Two exhibits (one of them a derivative), an interview and an incident; two recipients with numbers of
their own. Everything is a function of the seeds here: the same bytes each time.
"""

import io
import json
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256, sha512
from pathlib import Path

from evidence_tracker.integrity.archive import Entry, write_archive
from evidence_tracker.integrity.bagit import BAGIT_TXT, bag_info, manifest_text, payload_oxum
from evidence_tracker.integrity.canonical import JSON, canonical
from evidence_tracker.integrity.commitment import Disclosure, Field, hour
from evidence_tracker.integrity.guide import verify_md
from evidence_tracker.integrity.merkle import leaf_hash
from evidence_tracker.integrity.note import Signer

from .small_log import SmallLog

INSTANCE = "evidence.example/kyiv"
START = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
BARE = ("subject", "seq", "prev")
PHOTO = b"\xff\xd8\xff\xe0 not much of a photograph \xff\xd9"
REDACTED = b"\xff\xd8\xff\xe0 the same, a face blurred \xff\xd9"


def subject(number):
    return f"00000000-0000-4000-8000-{number:012d}"


EXHIBIT, DERIVATIVE, INTERVIEW, INCIDENT, ALLEGATION, FIRST, SECOND = map(subject, range(1, 8))


@dataclass(frozen=True)
class Event:
    """One event as the instance keeps it."""

    epoch: int
    index: int
    t: str
    fields: tuple[Field, ...]

    def names(self):
        return [field.name for field in self.fields]

    def disclose(self, names):
        return Disclosure.opening(self.t, self.fields, names)

    def leaf(self):
        return self.disclose(BARE if "seq" in self.names() else ()).leaf()


class Ledger:
    """An instance's log, epoch after epoch, with the events that stand in it."""

    def __init__(self, actor=None, seed=b"epoch 1"):
        self.actor = {"actor": "member-7"} if actor is None else actor
        self.epoch = 1
        self.logs = {1: SmallLog(f"{INSTANCE}/1", sha256(seed).digest())}
        self.events = []
        self.states = {}
        self.kept = {}
        self.links = {}

    @property
    def log(self):
        return self.logs[self.epoch]

    @property
    def signer(self):
        return self.log.signer

    def chain(self, subject):
        return [event for event in self.events if values(event).get("subject") == subject]

    def append(self, subject, act, /, **facts):
        chain = self.chain(subject)
        prev = leaf_hash(chain[-1].leaf()).hex() if chain else ""
        at = self._now().isoformat().replace("+00:00", "Z")
        own = {"act": act, "subject": subject, "seq": len(chain) + 1, "prev": prev, "logged_at": at}
        return self._write(own | self.actor | facts)

    def open_epoch(self, reason, *, lost=0, state=None):
        """Go on in a new epoch; the last ``lost`` events were signed, but not restored.

        ``state`` is the signed checkpoint to be committed, if not that of the epoch that ends.
        """
        self.states[self.epoch] = state or self.log.checkpoint()
        note = self.states[self.epoch].decode()
        restored = len(self.log.leaves) - lost
        if lost:
            self.kept[self.epoch] = restored
            self.events = [e for e in self.events if e.epoch < self.epoch or e.index < restored]
        self.epoch += 1
        seed = sha256(b"epoch %d" % self.epoch).digest()
        self.logs[self.epoch] = SmallLog(f"{INSTANCE}/{self.epoch}", seed)
        self.links[self.epoch - 1] = self._write(
            {
                "act": "epoch_opened",
                "previous_checkpoint": note,
                "restored_size": restored,
                "reason": reason,
            }
        )

    def _write(self, facts):
        fields = tuple(Field(self._salt(name), name, value) for name, value in sorted(facts.items()))
        t = hour(self._now())
        leaf = Disclosure.opening(t, fields, ()).leaf()
        event = Event(self.epoch, self.log.append(leaf), t, fields)
        self.events.append(event)
        return event

    def _salt(self, name):
        return sha256(f"salt {len(self.events)} {name}".encode()).digest()

    def _now(self):
        return START + timedelta(minutes=37 * len(self.events))


def values(event):
    return {field.name: field.value for field in event.fields}


@dataclass(frozen=True)
class Shown:
    """One item as one recipient gets it; ``withheld`` are the seq of the events that stay closed."""

    subject: str
    number: str
    kind: str
    record: tuple[str, ...] = ()
    withheld: frozenset[int] = frozenset()
    closed: frozenset[str] = frozenset({"actor"})
    annotations: dict[str, JSON] = field(default_factory=dict)
    data: bytes = b""


@dataclass(frozen=True)
class Bundle:
    """The files of a bundle, its receipt, and what is needed to make it again."""

    name: str
    files: dict[str, bytes]
    vkey: str
    receipt: bytes = b""

    def with_files(self, **changes):
        return replace(self, files=self.files | changes)

    def zipped(self):
        return zipped(self.files)

    def write(self, folder, *, receipt=True):
        """Put ``NAME.zip`` (and ``NAME.receipt``) into a folder; return the path of the ZIP."""
        path = Path(folder) / f"{self.name}.zip"
        path.write_bytes(self.zipped())
        if receipt:
            path.with_suffix(".receipt").write_bytes(self.receipt)
        return path

    def unpack(self, folder):
        """Write the files as a folder; return it."""
        root = Path(folder) / self.name
        for name, data in self.files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        return root


def furnished(ledger=None):
    """Return a ledger in which the two exhibits, the interview and the incident have a history."""
    ledger = ledger or Ledger()
    ledger.append(subject(90), "member_joined")
    ledger.append(
        EXHIBIT,
        "exhibit_received",
        sha256=sha256(PHOTO).hexdigest(),
        size=len(PHOTO),
        media_type="image/jpeg",
    )
    ledger.append(INTERVIEW, "record_saved", **{"record.place": "Kyiv", "record.name": "Vasylyna Example"})
    ledger.append(EXHIBIT, "record_saved", **{"record.title": "Courtyard", "record.taken_by": "a neighbour"})
    ledger.append(EXHIBIT, "examined", finding="no sign of editing")
    ledger.append(
        DERIVATIVE,
        "derivative_made",
        sha256=sha256(REDACTED).hexdigest(),
        size=len(REDACTED),
        made_from=EXHIBIT,
    )
    ledger.append(INCIDENT, "record_saved", **{"record.title": "Shelling", "record.people": [1, True, None]})
    ledger.append(
        EXHIBIT, "record_saved", **{"record.title": "Courtyard, east", "record.taken_by": "a neighbour"}
    )
    ledger.append(ALLEGATION, "record_saved", **{"record.category": "8(2)(b)(ii)"})
    return ledger


COURT = (
    Shown(
        EXHIBIT, "EX-0001", "exhibit", ("title",), frozenset({3}),
        frozenset({"actor", "record.taken_by"}), {"label": "Photograph A"}, PHOTO,
    ),
    Shown(DERIVATIVE, "EX-0002", "exhibit", data=REDACTED),
    Shown(INTERVIEW, "IN-0001", "interview", ("place",), closed=frozenset({"actor", "record.name"})),
    Shown(INCIDENT, "IC-0001", "incident", ("people", "title")),
    Shown(ALLEGATION, "AL-0001", "allegation", ("category",)),
)  # fmt: skip
# Three items with an event each, for tests that do something to every bit.
BARE_MINIMUM = (
    Shown(EXHIBIT, "EX-0001", "exhibit", data=b"original"),
    Shown(DERIVATIVE, "EX-0002", "exhibit", data=b"redacted"),
    Shown(INTERVIEW, "IN-0001", "interview", ("place",)),
)
COMMISSION = (
    Shown(DERIVATIVE, "EX-0001", "exhibit", data=REDACTED),
    Shown(INCIDENT, "IC-0001", "incident", ("title",), closed=frozenset({"actor", "record.people"})),
)


def bare(ledger=None):
    """Return a ledger with one small event for each item of ``BARE_MINIMUM``."""
    ledger = ledger or Ledger(actor={})
    for item, act in ((BARE_MINIMUM[0], "exhibit_received"), (BARE_MINIMUM[1], "derivative_made")):
        digest = sha256(item.data).hexdigest()
        ledger.append(item.subject, act, sha256=digest, size=len(item.data), media_type="image/jpeg")
    ledger.append(INTERVIEW, "record_saved", **{"record.place": "Kyiv"})
    return ledger


def make(
    ledger=None,
    shown=COURT,
    name="KYI-S-0001-v1",
    submission=FIRST,
    *,
    payload=None,
    final=None,
    seal=None,
    written=None,
):
    """Return a bundle of ``shown`` items, sealed and written in the ledger.

    Honest, unless somebody with the log key spoils it: ``payload`` changes the files before they are
    sealed, ``final`` after it but before they are signed; ``seal`` and ``written`` replace facts of
    those two events.
    """
    ledger = ledger or furnished()
    files, events = _payload(ledger, shown)
    files |= {"data/index.csv": b"number,title\n", "data/statement.json": b"{}\n"}
    (payload or _leave)(files)
    files |= _tags(name, files, ledger)
    sealed = _seal(ledger, submission, files, shown, seal or {})
    files |= _proofs(ledger, events, sealed)
    (final or _leave)(files)
    sign(files, ledger.signer)
    data = zipped(files)
    facts = {"zip_sha256": sha256(data).hexdigest(), "encrypted_sha256": "", "size": len(data)}
    receipt = ledger.append(submission, "bundle_written", **facts | (written or {}))
    return Bundle(name, files, ledger.signer.vkey, prove(ledger, receipt, receipt.names()))


def _leave(files):
    """Change nothing."""


def _seal(ledger, submission, files, shown, changes):
    facts = {
        "manifest_sha256": sha256(files["manifest-sha256.txt"]).hexdigest(),
        "submission_version": 1,
        "items": {item.number: len(ledger.chain(item.subject)) for item in shown},
    }
    return ledger.append(submission, "bundle_sealed", **facts | changes)


def sign(files, signer: Signer):
    """Write the tag manifest anew and sign it."""
    listed = {
        name: sha256(data).hexdigest()
        for name, data in files.items()
        if not name.startswith(("data/", "tagmanifest"))
    }
    files["tagmanifest-sha256.txt"] = manifest_text(listed)
    files["tagmanifest.note"] = signer.sign(files["tagmanifest-sha256.txt"].decode())


def relist(files):
    """Write the payload manifests anew."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    files["manifest-sha256.txt"] = manifest_text({n: sha256(d).hexdigest() for n, d in payload.items()})
    files["manifest-sha512.txt"] = manifest_text({n: sha512(d).hexdigest() for n, d in payload.items()})
    files["bag-info.txt"] = bag_info(
        [
            ("Source-Organization", "Fictional Documentation Centre"),
            ("Bagging-Date", "2026-03-02"),
            ("External-Identifier", "KYI-S-0001-v1"),
            ("Payload-Oxum", payload_oxum(map(len, payload.values()))),
        ]
    )


def zipped(files):
    out = io.BytesIO()
    write_archive(
        [Entry(name, len(data), zlib.crc32(data), partial(list, [data])) for name, data in files.items()],
        out.write,
    )
    return out.getvalue()


def prove(ledger, event, names):
    log = ledger.logs[event.epoch]
    return log.prove(event.index, event.disclose(names), ledger.kept.get(event.epoch)).encode()


def opened(event, item):
    """Return the names that the recipient of ``item`` may read in this event."""
    known = values(event)
    return BARE if known["seq"] in item.withheld else [n for n in event.names() if n not in item.closed]


def _payload(ledger, shown):
    files: dict[str, bytes] = {}
    lines: list[bytes] = []
    events = []
    for item in shown:
        for event in ledger.chain(item.subject):
            disclosure = event.disclose(opened(event, item))
            line = {"n": len(lines) + 1, "item": item.number, "epoch": event.epoch, "index": event.index}
            lines.append(canonical(line | {"extra": json.loads(disclosure.to_extra())}) + b"\n")
            events.append((event, opened(event, item)))
        files |= _item_files(ledger, item)
    allegations = [json.loads(data) for name, data in files.items() if name.startswith("data/allegations/")]
    files = {name: data for name, data in files.items() if not name.startswith("data/allegations/")}
    if allegations:
        files["data/allegations.json"] = canonical(allegations)
    return files | {"data/custody.jsonl": b"".join(lines)}, events


def _item_files(ledger, item):
    chain = ledger.chain(item.subject)
    record: dict[str, JSON] = {}
    for event in chain:
        saved = {n.removeprefix("record."): v for n, v in values(event).items() if n.startswith("record.")}
        record = saved or record
    entry: dict[str, JSON] = {
        "number": item.number,
        "kind": item.kind,
        "custody": {"subject": item.subject, "events": len(chain)},
        "record": {name: record[name] for name in item.record},
    }
    if item.annotations:
        entry["annotations"] = item.annotations
    if item.kind != "exhibit":
        return {f"data/{item.kind}s/{item.number}.json": json.dumps(entry, indent=1).encode()}
    folder, name = f"data/exhibits/{item.number}", f"{item.number}.jpg"
    entry |= {
        "sha256": sha256(item.data).hexdigest(),
        "size": len(item.data),
        "media_type": "image/jpeg",
        "file": name,
    }
    return {f"{folder}/item.json": json.dumps(entry, indent=1).encode(), f"{folder}/{name}": item.data}


def _tags(name, files, ledger):
    tags = {"bagit.txt": BAGIT_TXT, "VERIFY.md": verify_md(name=name, origin=ledger.signer.name)}
    relisted = files | tags
    relist(relisted)
    return {tag: data for tag, data in relisted.items() if not tag.startswith("data/")}


def _proofs(ledger, events, seal):
    files = {
        "proof/checkpoint": ledger.log.checkpoint(),
        "proof/log.vkey": f"{ledger.signer.vkey}\n".encode(),
        "proof/seal.tlog-proof": prove(ledger, seal, [name for name in seal.names() if name != "actor"]),
    }
    for n, (event, names) in enumerate(events, start=1):
        files[f"proof/events/{n}.tlog-proof"] = prove(ledger, event, names)
    oldest = min(event.epoch for event, _ in events)
    for epoch in range(oldest, ledger.epoch):
        folder = f"proof/epochs/{epoch}"
        files[f"{folder}/checkpoint"] = ledger.states[epoch]
        files[f"{folder}/log.vkey"] = f"{ledger.logs[epoch].signer.vkey}\n".encode()
        link = ledger.links[epoch]
        files[f"{folder}/link.tlog-proof"] = prove(ledger, link, link.names())
        if epoch in ledger.kept:
            files[f"{folder}/kept-checkpoint"] = ledger.logs[epoch].checkpoint(ledger.kept[epoch])
    return files
