"""Ten ways of tampering with copies, each caught: what was done, the first fault that was named, the exit status.

The bundles are spoilt the way a careful forger would: the ZIP is built anew as prescribed, and
where we ourselves are the forger, lists and signatures are made anew with the true key.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any
from zlib import crc32

import sqlcipher3.dbapi2 as sqlcipher

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.cli.demonstration.receiving import Received, contents
from evidence_tracker.cli.demonstration.story import Tampering
from evidence_tracker.cli.demonstration.world import PASSPHRASE, World
from evidence_tracker.custody.findings import Verification
from evidence_tracker.errors import LedgerOlderThanSigned
from evidence_tracker.instance import Instance, cost_for, open_instance
from evidence_tracker.integrity.archive import Entry, write_archive
from evidence_tracker.integrity.bagit import bag_info, manifest_text, parse_bag_info, payload_oxum
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.integrity.note import Signer
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import Passphrase
from evidence_tracker.settings import Settings

Files = dict[str, bytes]
PHOTO = "data/exhibits/EX-0001/EX-0001.jpg"
CUSTODY = "data/custody.jsonl"
MANIFEST = "manifest-sha256.txt"
STATE_FILES = ("database.sqlite", "database.sqlite-wal")


@dataclass(frozen=True)
class Forger:
    """What a forger has: the bundle, a folder for the copies, the true signing key and one of their own."""

    world: World
    received: Received
    other_receipt: Path
    vkey: str
    folder: Path

    @property
    def origin(self) -> str:
        """Return the name of the log that the bundle belongs to."""
        return self.vkey.split("+", 1)[0]

    @property
    def true_key(self) -> Signer:
        """Return the signer of the log itself."""
        return self.world.instance.signer.signer(self.origin)

    def spoil(self, n: int, done: str, change: Callable[[Files], None]) -> Tampering:
        """Spoil a copy of the bundle, build the ZIP as prescribed and verify it."""
        files = contents(self.received.path)
        change(files)
        copy = self.folder / f"{n:02d}.zip"
        copy.write_bytes(_zipped(files))
        return self.verified(done, copy, None)

    def verified(self, done: str, path: Path, receipt: Path | None) -> Tampering:
        """Verify a copy with the key that the recipient has."""
        report = verify_bundle(path, vkey=self.vkey, receipt=receipt)
        first = report.faults[0] if report.faults else None
        fault, where = (first.name, first.where) if first else (report.verdict(), path.name)
        return Tampering(done, fault, where, int(report.status))


def tamper(forger: Forger, earlier: Mapping[str, bytes]) -> list[Tampering]:
    """Tamper in ten ways; ``earlier`` is the database as it was before the last bundles."""
    true = forger.true_key
    found = [
        forger.spoil(1, "a byte of a photograph, ZIP made to fit", _change_byte),
        forger.spoil(2, "a digit in the list of digests", _change_digit),
        forger.spoil(3, "an event cut off by us, signed anew by us", lambda files: _cut_event(files, true)),
        forger.spoil(
            4, "two proofs exchanged by us, signed anew by us", lambda files: _exchange(files, true)
        ),
        forger.spoil(
            5, "a file put in", lambda files: files.update({"data/exhibits/EX-0001/note.txt": b"It was me."})
        ),
        forger.spoil(6, "a fact changed, all signed with another key", _forge),
        forger.verified("the receipt of another bundle", forger.received.path, forger.other_receipt),
        _changed_row(forger),
        _flipped_blob(forger),
        _rolled_back(forger, earlier),
    ]
    for one in found:
        forger.world.expect.that(one.status == 1, f"This was not caught: {one.done}.")
    return found


def keep_database(world: World) -> dict[str, bytes]:
    """Return the files of the database as they are now: what a thief would put back later."""
    return {name: path.read_bytes() for name in STATE_FILES if (path := world.path / name).exists()}


# --- Bundles --------------------------------------------------------------------------------------


def _zipped(files: Files) -> bytes:
    parts: list[bytes] = []
    write_archive([_entry(name, data) for name, data in files.items()], parts.append)
    return b"".join(parts)


def _entry(name: str, data: bytes) -> Entry:
    return Entry(name, len(data), crc32(data), lambda: (data,))


def _change_byte(files: Files) -> None:
    photo = bytearray(files[PHOTO])
    photo[len(photo) // 2] ^= 1
    files[PHOTO] = bytes(photo)


def _change_digit(files: Files) -> None:
    first = files[MANIFEST][:1]
    files[MANIFEST] = (b"1" if first == b"0" else b"0") + files[MANIFEST][1:]


def _cut_event(files: Files, key: Signer) -> None:
    """Cut the last event off the chain of the first exhibit and make everything fit again."""
    events = [json.loads(line) for line in files[CUSTODY].splitlines()]
    proofs = [files.pop(f"proof/events/{event['n']}.tlog-proof") for event in events]
    last = max(n for n, event in enumerate(events) if event["item"] == "EX-0001")
    del events[last], proofs[last]
    files[CUSTODY] = b"".join(canonical(event | {"n": n}) + b"\n" for n, event in enumerate(events, 1))
    files |= {f"proof/events/{n}.tlog-proof": proof for n, proof in enumerate(proofs, 1)}
    path = "data/exhibits/EX-0001/item.json"
    item = json.loads(files[path])
    item["custody"]["events"] -= 1
    files[path] = json.dumps(item, ensure_ascii=False).encode()
    _list_anew(files, key)


def _exchange(files: Files, key: Signer) -> None:
    one, other = "proof/events/1.tlog-proof", "proof/events/2.tlog-proof"
    files[one], files[other] = files[other], files[one]
    _list_anew(files, key)


def _forge(files: Files) -> None:
    """Change a fact and sign lists, state of the log and proofs with a key of one's own."""
    origin = files["proof/checkpoint"].split(b"\n", 1)[0].decode()
    own = Signer(origin, os.urandom(32))
    path = "data/incidents/IC-0001.json"
    incident = json.loads(files[path])
    incident["record"]["narrative"] = "Nobody was ever kept in the cellar."
    files[path] = json.dumps(incident, ensure_ascii=False).encode()
    old = files["proof/checkpoint"]
    new = own.sign(old.decode().split("\n\n", 1)[0] + "\n")
    for name in [name for name in files if name.startswith("proof/")]:
        files[name] = files[name].replace(old, new)
    files["proof/log.vkey"] = f"{own.vkey}\n".encode()
    _list_anew(files, own)


def _list_anew(files: Files, key: Signer) -> None:
    """Write all lists of files anew and sign them."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    files[MANIFEST] = manifest_text({name: sha256(data).hexdigest() for name, data in payload.items()})
    files["manifest-sha512.txt"] = manifest_text(
        {name: sha512(data).hexdigest() for name, data in payload.items()}
    )
    oxum = payload_oxum(map(len, payload.values()))
    info = [
        (name, oxum if name == "Payload-Oxum" else text)
        for name, text in parse_bag_info(files["bag-info.txt"])
    ]
    files["bag-info.txt"] = bag_info(info)
    unlisted = {"tagmanifest-sha256.txt", "tagmanifest.note"}
    tags = {name: data for name, data in files.items() if name not in payload and name not in unlisted}
    listed = manifest_text({name: sha256(data).hexdigest() for name, data in tags.items()})
    files["tagmanifest-sha256.txt"] = listed
    files["tagmanifest.note"] = key.sign(listed.decode("ascii"))


# --- The instance ---------------------------------------------------------------------------------


def _changed_row(forger: Forger) -> Tampering:
    """Change a record below the application, with the key of the database and without its triggers."""
    with _copy(forger.world) as copy:
        with _burglar(copy, forger.world) as database:
            database.execute(
                "UPDATE incident SET narrative = 'Nothing happened.' WHERE reference LIKE '%N-0001'"
            )
        return _audited("a record changed in the database", copy)


def _flipped_blob(forger: Forger) -> Tampering:
    """Flip one bit of one encrypted file in the vault."""
    door: Exhibit = forger.world.records["door"]
    name = door.blob_id.hex if door.blob_id is not None else ""
    with _copy(forger.world) as copy:
        path = copy / "vault" / name[:2] / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.unlink()  # the copy shares its files with the original: a new file takes its place
        path.write_bytes(bytes(data))
        return _audited("a bit flipped in an encrypted file", copy)


def _rolled_back(forger: Forger, earlier: Mapping[str, bytes]) -> Tampering:
    """Put the database of an earlier day back, as if the last bundles had never been."""
    with _copy(forger.world) as copy:
        for name in STATE_FILES:
            (copy / name).unlink(missing_ok=True)
        for name, data in earlier.items():
            (copy / name).write_bytes(data)
        with forger.world.expect.refused("A rolled-back log was opened.", LedgerOlderThanSigned):
            _opened(copy).close()
        return _audited("the log rolled back to an earlier day", copy)


@contextmanager
def _copy(world: World) -> Iterator[Path]:
    """Return the folder of a copy of the instance; encrypted files are shared, not copied."""
    copy = world.path / "tampered" / "instance"
    copy.mkdir(mode=0o700)
    try:
        for name in ("config.toml", *STATE_FILES):
            if (world.path / name).exists():
                shutil.copy2(world.path / name, copy / name)
        shutil.copytree(world.path / "keys", copy / "keys")
        shutil.copytree(world.path / "vault", copy / "vault", copy_function=_share)
        yield copy
    finally:
        shutil.rmtree(copy)


def _share(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a filesystem without links
        shutil.copyfile(source, target)


@contextmanager
def _burglar(copy: Path, world: World) -> Iterator[Any]:
    """Open the database of a copy below the application."""
    connection = sqlcipher.connect(str(copy / "database.sqlite"), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{world.instance.keyring.root.derive('database').hex()}'\"")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
    finally:
        connection.close()


def _opened(copy: Path, *, guard: bool = True) -> Instance:

    settings = Settings.load(copy)
    return open_instance(
        copy, Passphrase(PASSPHRASE, cost_for(settings.kind)), settings=settings, guard=guard
    )


def _audited(done: str, copy: Path) -> Tampering:
    """Verify a copy as ``custody verify`` does."""
    instance = _opened(copy, guard=False)
    try:
        report: Verification = audit(instance)
    finally:
        instance.close()
    first = report.findings[0] if report.findings else None
    fault, where = (first.what, first.where) if first else ("nothing found", copy.name)
    return Tampering(done, fault, where, int(first is not None))
