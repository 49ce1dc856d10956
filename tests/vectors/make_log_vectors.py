"""Writes tests/vectors/log/*.json, the test vectors of docs/spec/custody-log.md.

Run from the root of the project: ``python -m tests.vectors.make_log_vectors``. Seeds and salts are
fixed, so the files change only when a format does; tests/integrity/test_log_vectors.py sees to it
that they are up to date and holds them against a second, naive computation. ``published.json`` is
not made here: it quotes what others have published.
"""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from evidence_tracker.integrity import merkle
from evidence_tracker.integrity.canonical import JSON, base64_text, canonical
from evidence_tracker.integrity.checkpoint import Checkpoint, sign_checkpoint
from evidence_tracker.integrity.commitment import Disclosure, Field, commit, leaf, pack
from evidence_tracker.integrity.note import Signer, Verifier, sign_note
from evidence_tracker.integrity.proof import InclusionProof

FOLDER = Path(__file__).parent / "log"
HOUR = "2026-11-23T15:00:00Z"
ORIGIN = "example.org/kyiv/1"
SEED = bytes(range(32))
SIGNER = Signer(ORIGIN, SEED)
STRANGER = Signer(ORIGIN, bytes(32))
NEXT_EPOCH = Signer("example.org/kyiv/2", SEED)

Vectors = dict[str, Any]


def salt(text: str) -> bytes:
    """Return the fixed salt of a field of these vectors; a real log takes 32 random bytes."""
    return sha256(f"salt of {text}".encode()).digest()


def event(tag: str, values: dict[str, JSON]) -> list[Field]:
    return [Field(salt(f"{tag}/{name}"), name, value) for name, value in values.items()]


def spoil(name: str, fault: str, data: bytes | str) -> Vectors:
    """Return a bad vector: ``input`` is text, ``input_hex`` is for bytes that are not UTF-8."""
    if isinstance(data, str):
        data = data.encode()
    try:
        return {"name": name, "fault": fault, "input": data.decode()}
    except UnicodeDecodeError:
        return {"name": name, "fault": fault, "input_hex": data.hex()}


# ---------------------------------------------------------------- fields


def fields() -> Vectors:
    values: dict[str, JSON] = {
        "text": "received",
        "cyrillic": "Тихо, Остапе 🌻",
        "escapes": 'quote " backslash \\ newline \n tab \t nul \x00 unit separator \x1f delete \x7f',
        "integer": 1,
        "largest": 2**53 - 1,
        "smallest": -(2**53) + 1,
        "nothing": None,
        "yes": True,
        "list": ["b", "a", 0],
        "object": {"b": 1, "a": {"Z": [], "A": {}}},
        "record.occurred-on": {"value": "2026-11", "precision": "month"},
    }
    good = [
        {
            "salt": field.salt.hex(),
            "name": field.name,
            "value": field.value,
            "preimage": field.preimage().decode(),
            "digest": field.digest().hex(),
        }
        for field in event("field", values)
    ]
    return {
        "description": "digest = SHA-256 of preimage; preimage = canonical [base64url(salt), name, value]",
        "good": good,
        "bad": bad_fields(),
    }


def bad_fields() -> list[Vectors]:
    text = Field(salt("bad"), "actor", "amina").preimage().decode()
    key = text[2:45]
    return [
        spoil("field-with-a-space", "NotCanonical", text.replace(",", ", ", 1)),
        spoil("field-with-a-float", "NotCanonical", text.replace('"amina"', "1.0")),
        spoil("field-with-an-integer-too-large", "NotCanonical", text.replace('"amina"', str(2**53))),
        spoil("field-with-a-needless-escape", "NotCanonical", text.replace("amina", "\\u0061mina")),
        spoil("field-with-a-duplicate-key", "NotCanonical", text.replace('"amina"', '{"a":1,"a":2}')),
        spoil("field-with-keys-out-of-order", "NotCanonical", text.replace('"amina"', '{"b":1,"a":2}')),
        spoil("field-with-a-cyrillic-key", "NotCanonical", text.replace('"amina"', '{"ім":1}')),
        spoil("field-nested-too-deep", "NotCanonical", text.replace('"amina"', "[" * 17 + "]" * 17)),
        spoil("field-that-is-not-utf8", "NotCanonical", text.encode().replace(b"amina", b"am\xefna")),
        spoil("salt-too-short", "NotCanonical", text.replace(key, key[:-1])),
        spoil("salt-in-standard-base64", "NotCanonical", text.replace(key, "+/" + "A" * 41)),
        spoil("salt-with-padding", "NotCanonical", text.replace(key, f"{key}=")),
        spoil("salt-with-stray-bits", "NotCanonical", text.replace(key, "A" * 42 + "B")),
        spoil("field-name-with-a-space", "MalformedLeaf", text.replace("actor", "the actor")),
        spoil("field-name-empty", "MalformedLeaf", text.replace("actor", "")),
        spoil("field-without-value", "MalformedLeaf", f'["{key}","actor"]'),
        spoil("field-that-is-an-object", "MalformedLeaf", '{"actor":"amina"}'),
    ]


# ---------------------------------------------------------------- payloads, commitments, leaves


def events() -> Vectors:
    received = linked("exhibit", chain_values())[0]
    return {
        "description": "the preimages by name; SHA-256(domain || sorted digests); the leaf",
        "domain": "evidence-tracker/commitment/v1\n",
        "good": [
            committed("smallest", HOUR, event("smallest", {"act": "recorded"})),
            committed("received", disclose(received, BARE).t, received),
        ],
        "bad_payloads": bad_payloads(),
        "bad_leaves": bad_leaves(),
    }


def committed(name: str, hour: str, made: list[Field]) -> Vectors:
    packed = pack(made)
    digests = sorted(sha256(line).digest() for line in packed.split(b"\n"))
    data = leaf(hour, commit(digests))
    return {
        "name": name,
        "hour": hour,
        "payload": packed.decode(),
        "digests": [digest.hex() for digest in digests],
        "commitment": commit(digests).hex(),
        "leaf": data.decode(),
        "leaf_hash": merkle.leaf_hash(data).hex(),
    }


def bad_payloads() -> list[Vectors]:
    one, two = (field.preimage() for field in event("payload", {"act": "received", "seq": 1}))
    (again,) = (field.preimage() for field in event("again", {"act": "sealed"}))
    return [
        spoil("payload-empty", "NotCanonical", b""),
        spoil("payload-ends-in-a-newline", "NotCanonical", one + b"\n"),
        spoil("payload-out-of-order", "MalformedLeaf", two + b"\n" + one),
        spoil("payload-with-one-name-twice", "MalformedLeaf", one + b"\n" + again),
        spoil("payload-with-one-line-twice", "MalformedLeaf", one + b"\n" + one),
    ]


def bad_leaves() -> list[Vectors]:
    data = leaf(HOUR, salt("commitment"))
    digest = salt("commitment").hex().encode()
    return [
        spoil("leaf-of-version-2", "MalformedLeaf", data.replace(b'"v":1', b'"v":2')),
        spoil("leaf-with-minutes", "MalformedLeaf", data.replace(b":00:00Z", b":31:00Z")),
        spoil("leaf-on-the-thirtieth-of-february", "MalformedLeaf", data.replace(b"-11-23", b"-02-30")),
        spoil("leaf-in-local-time", "MalformedLeaf", data.replace(b":00Z", b"+02")),
        spoil("leaf-with-upper-case-digits", "MalformedLeaf", data.replace(digest, digest.upper())),
        spoil("leaf-with-a-short-commitment", "MalformedLeaf", data.replace(digest, digest[2:])),
        spoil("leaf-with-one-more-key", "MalformedLeaf", data.replace(b'"v":1', b'"v":1,"x":1')),
        spoil(
            "leaf-with-keys-out-of-order", "MalformedLeaf", f'{{"v":1,"t":"{HOUR}","c":"{digest.decode()}"}}'
        ),
        spoil("leaf-ends-in-a-newline", "MalformedLeaf", data + b"\n"),
        spoil("leaf-empty", "MalformedLeaf", b""),
    ]


# ---------------------------------------------------------------- the tree


class Tree:
    """Leaves and every complete node over them."""

    def __init__(self, leaves: list[bytes]) -> None:
        frontier = merkle.Frontier()
        self.nodes: dict[tuple[int, int], bytes] = {}
        for index, data in enumerate(leaves):
            self.nodes[0, index] = merkle.leaf_hash(data)
            for level, position, node in frontier.append(self.nodes[0, index]):
                self.nodes[level, position] = node

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def checkpoint(self, size: int, signer: Signer = SIGNER) -> bytes:
        return sign_checkpoint(signer, Checkpoint(signer.name, size, merkle.root_from_nodes(size, self.read)))

    def prove(self, index: int, size: int, disclosure: Disclosure, signer: Signer = SIGNER) -> InclusionProof:
        hashes = tuple(merkle.inclusion_proof(index, size, self.read))
        return InclusionProof(index, hashes, self.checkpoint(size, signer), disclosure.to_extra())


def tree() -> Vectors:
    size = 13
    leaves = [leaf(HOUR, salt(f"commitment {number}")) for number in range(size)]
    grown = Tree(leaves)
    return {
        "description": "RFC 6962 over the bytes of these leaves, in hex; proofs in the order of RFC 6962",
        "leaves": [data.decode() for data in leaves],
        "roots_by_size": [merkle.root_from_nodes(smaller, grown.read).hex() for smaller in range(size + 1)],
        "inclusion": [
            {"index": index, "size": whole, "proof": hexes(merkle.inclusion_proof(index, whole, grown.read))}
            for whole in (1, 2, 7, 8, size)
            for index in range(whole)
        ],
        "consistency": [
            {"old": old, "new": new, "proof": hexes(merkle.consistency_proof(old, new, grown.read))}
            for new in (1, 2, 7, 8, size)
            for old in range(new + 1)
        ],
    }


def hexes(hashes: list[bytes]) -> list[str]:
    return [value.hex() for value in hashes]


# ---------------------------------------------------------------- notes and checkpoints


def notes() -> Vectors:
    texts = ["one line\n", "an empty line\n\nin between\n", "Тихо, Остапе\n"]
    two = sign_note(texts[0], [SIGNER, NEXT_EPOCH])
    good = [{"note": SIGNER.sign(text).decode(), "text": text, "unverified": 0} for text in texts]
    good.append({"note": two.decode(), "text": texts[0], "unverified": 1})
    return {
        "description": "Opened with vkey alone; seed is the Ed25519 private key (RFC 8032)",
        "name": SIGNER.name,
        "seed": SEED.hex(),
        "vkey": SIGNER.vkey,
        "key_id": Verifier.parse(SIGNER.vkey).key_id.hex(),
        "good": good,
        "bad": bad_notes(),
    }


def bad_notes() -> list[Vectors]:
    note = SIGNER.sign("one line\n")
    line = note.rpartition(b"\n\n")[2]
    name, key_id = SIGNER.name.encode(), Verifier.parse(SIGNER.vkey).key_id
    short = f"one line\n\n— {SIGNER.name} {base64_text(key_id)}\n"
    return [
        spoil("note-with-another-text", "SignatureRejected", note.replace(b"one", b"two")),
        spoil("note-signed-by-a-stranger", "SignatureRejected", STRANGER.sign("one line\n")),
        spoil("note-with-one-true-and-one-false-signature", "SignatureRejected",
              note + SIGNER.signature_line(b"two lines\n").encode()),
        spoil("note-under-another-name", "SignatureRejected", note.replace(name, b"example.org/lviv/1")),
        spoil("note-without-signature", "MalformedNote", b"one line\n\n"),
        spoil("note-without-blank-line", "MalformedNote", note.replace(b"\n\n", b"\n")),
        spoil("note-without-last-newline", "MalformedNote", note[:-1]),
        spoil("note-with-a-line-after-the-signatures", "MalformedNote", note + b"one more\n"),
        spoil("note-with-a-hyphen-for-the-dash", "MalformedNote", note.replace("— ".encode(), b"- ")),
        spoil("note-with-windows-newlines", "MalformedNote", note.replace(b"\n", b"\r\n")),
        spoil("note-with-a-control-character", "MalformedNote", note.replace(b"one", b"o\x1be")),
        spoil("note-that-is-not-utf8", "MalformedNote", note.replace(b"one", b"\xffne")),
        spoil("note-with-base64-without-padding", "MalformedNote", note.replace(b"=", b"")),
        spoil("note-with-a-signature-of-no-bytes", "MalformedNote", short),
        spoil("note-with-a-plus-in-the-name", "MalformedNote", note.replace(name, b"example.org+kyiv")),
        spoil("note-with-101-signatures", "MalformedNote", b"one line\n\n" + line * 101),
    ]  # fmt: skip


def checkpoints() -> Vectors:
    grown = Tree([leaf(HOUR, salt(f"commitment {number}")) for number in range(3)])
    good = []
    for size in range(4):
        note = grown.checkpoint(size)
        root = merkle.root_from_nodes(size, grown.read)
        good.append({"note": note.decode(), "origin": ORIGIN, "size": size, "root": root.hex()})
    return {
        "description": "All signed by the key of vkey, the bad ones too, where the name does not deny it",
        "vkey": SIGNER.vkey,
        "good": good,
        "bad": bad_checkpoints(),
    }


def bad_checkpoints() -> list[Vectors]:
    root = base64_text(salt("root"))

    def signed(name: str, *lines: str) -> Vectors:
        return spoil(name, "MalformedCheckpoint", SIGNER.sign("".join(f"{line}\n" for line in lines)))

    return [
        signed("checkpoint-without-root", ORIGIN, "1"),
        signed("checkpoint-with-a-leading-zero", ORIGIN, "01", root),
        signed("checkpoint-with-a-negative-size", ORIGIN, "-1", root),
        signed("checkpoint-of-size-2-to-the-63", ORIGIN, str(2**63), root),
        signed("checkpoint-with-a-root-in-hex", ORIGIN, "1", salt("root").hex()),
        signed("checkpoint-with-a-short-root", ORIGIN, "1", base64_text(salt("root")[:31])),
        signed("checkpoint-with-an-empty-line", ORIGIN, "1", root, ""),
        signed("checkpoint-with-an-origin-of-two-words", "two words", "1", root),
        signed("checkpoint-of-the-empty-tree-with-another-root", ORIGIN, "0", root),
        spoil(
            "checkpoint-of-another-log", "SignatureRejected", SIGNER.sign(f"example.org/lviv/1\n1\n{root}\n")
        ),
        spoil(
            "checkpoint-signed-by-a-stranger", "SignatureRejected", STRANGER.sign(f"{ORIGIN}\n1\n{root}\n")
        ),
    ]


# ---------------------------------------------------------------- proofs


EXHIBIT = "0b6f2a54-5d0e-4d0a-9a51-7c1d3e5f0031"
THE_LOG = "6f7c1f0e-2b8a-5c55-8d39-5a3c1b7e0001"
AMINA, BOHDAN = "a31a0000-0000-4000-8000-000000000001", "b0bda000-0000-4000-8000-000000000002"


def common(act: str, act_number: int, subject: str, seq: int, logged_at: str) -> dict[str, JSON]:
    """Return the fields that every event has; ``prev`` is filled in when the chain is built."""
    return {
        "act": act,
        "act_id": f"ac700000-0000-4000-8000-{act_number:012}",
        "subject": subject,
        "seq": seq,
        "prev": "",
        "actor": AMINA if seq % 2 else BOHDAN,
        "door": "web",
        "system_user": None,
        "occurred": None,
        "logged_at": logged_at,
        "clock": {"synchronised": True, "offset_ms": 3},
    }


def chain_values() -> list[dict[str, JSON]]:
    """Return the seven events of one exhibit."""
    acts = ["exhibit_received", "sealed", "examined", "amended", "transferred", "returned", "disclosed"]
    chain = [
        common(act, seq, EXHIBIT, seq, f"2026-11-23T{8 + seq:02}:12:31.250000Z")
        for seq, act in enumerate(acts, start=1)
    ]
    record: dict[str, JSON] = {"record_type": "exhibit", "record.reference": "KYI-E-0031"}
    chain[0] |= {"sha256": salt("the file").hex(), "size": 731_004, "media_type": "image/jpeg", **record}
    chain[0]["record.title"] = "Фото з двору школи"
    chain[3] |= {**record, "record.title": "Фото з двору, вул. Надії 31"}
    return chain


BARE = {"subject", "seq", "prev"}
HIDDEN = {"system_user", "clock", "record.title"}


def linked(tag: str, chain: list[dict[str, JSON]]) -> list[list[Field]]:
    """Return the events of one subject as fields, each naming the leaf of the one before it."""
    made, previous = [], ""
    for number, values in enumerate(chain, start=1):
        made.append(event(f"{tag} {number}", values | {"prev": previous}))
        previous = merkle.leaf_hash(disclose(made[-1], BARE).leaf()).hex()
    return made


def disclose(fields: list[Field], names: set[str]) -> Disclosure:
    logged_at = next(str(field.value) for field in fields if field.name == "logged_at")
    return Disclosure.opening(f"{logged_at[:13]}:00:00Z", fields, names)


def exhibit_disclosed(events: list[list[Field]]) -> list[Disclosure]:
    """Open five of the seven events but for what the recipient need not know; withhold 3 and 4."""
    all_names = [{field.name for field in fields} for fields in events]
    return [
        disclose(fields, BARE if number in (3, 4) else names - HIDDEN)
        for number, (fields, names) in enumerate(zip(events, all_names, strict=True), start=1)
    ]


def log_of(first: Disclosure, disclosures: list[Disclosure]) -> tuple[Tree, list[int]]:
    """Return a log in which strangers' leaves stand between those of the exhibit, and our indexes."""
    leaves = [first.leaf()]
    places = []
    for number, disclosure in enumerate(disclosures):
        leaves += [leaf(HOUR, salt(f"other {number} {other}")) for other in range(number % 3)]
        places.append(len(leaves))
        leaves.append(disclosure.leaf())
    return Tree(leaves), places


def proofs() -> Vectors:
    all_fields, epochs = linked("exhibit", chain_values()), linked("epoch", epoch_values())
    disclosures = exhibit_disclosed(all_fields)
    grown, places = log_of(disclose(epochs[0], BARE), disclosures)
    size = places[-1] + 1
    good = [
        {
            "name": f"event-{number}",
            "proof": grown.prove(place, size, disclosure).encode().decode(),
            "index": place,
            "size": size,
            "leaf": disclosure.leaf().decode(),
            "opened": disclosure.opened_values(),
            "withheld_fields": len(disclosure.digests) - len(disclosure.opened),
        }
        for number, (place, disclosure) in enumerate(zip(places, disclosures, strict=True), start=1)
    ]
    return {
        "description": "The whole chain of one exhibit: 7 events, 5 opened, 2 only in subject, seq, prev",
        "vkey": SIGNER.vkey,
        "good": good,
        "next_epoch": next_epoch(epochs[0], grown.checkpoint(size), size - 2),
        "bad": bad_proofs(all_fields, disclosures, grown, places),
    }


def epoch_values(checkpoint: str | None = None, restored: int = 0) -> list[dict[str, JSON]]:
    """Return the first events of epochs 1 and 2; ``checkpoint`` is the last known note of epoch 1."""
    first = common("epoch_opened", 90, THE_LOG, 1, "2026-11-23T08:00:04Z")
    first |= {"epoch": 1, "previous_checkpoint": None, "restored_size": 0, "reason": "new instance"}
    second = common("epoch_opened", 91, THE_LOG, 2, "2026-11-24T07:00:04Z")
    second |= {"epoch": 2, "previous_checkpoint": checkpoint, "restored_size": restored}
    second |= {"door": "command-line", "system_user": "chen", "reason": "restored the backup of 14:00"}
    return [first, second]


def next_epoch(first: list[Field], checkpoint: bytes, restored: int) -> Vectors:
    """Return the first event of epoch 2, which commits the last known checkpoint of epoch 1."""
    made = linked("epoch", epoch_values(checkpoint.decode(), restored))
    if made[0] != first:
        raise AssertionError("the first epoch began twice")
    disclosure = disclose(made[1], {field.name for field in made[1]})
    proof = Tree([disclosure.leaf()]).prove(0, 1, disclosure, NEXT_EPOCH)
    return {
        "vkey": NEXT_EPOCH.vkey,
        "proof": proof.encode().decode(),
        "opened": disclosure.opened_values(),
    }


def bad_proofs(
    all_fields: list[list[Field]], disclosures: list[Disclosure], grown: Tree, places: list[int]
) -> list[Vectors]:
    size, place, ours = places[-1] + 1, places[1], disclosures[1]
    proof = grown.prove(place, size, ours)
    text = proof.encode()
    actor = next(field for field in all_fields[1] if field.name == "actor")
    forged = [replace(field, value=AMINA) if field is actor else field for field in all_fields[1]]
    withheld = next(
        digest for digest in ours.digests if digest not in {field.digest() for field in ours.opened}
    )
    fewer = replace(ours, digests=tuple(digest for digest in ours.digests if digest != withheld))
    more = replace(ours, digests=tuple(sorted([*ours.digests, bytes(32)])))
    swapped = (proof.hashes[1], proof.hashes[0], *proof.hashes[2:])
    body = Checkpoint(ORIGIN, size, merkle.root_from_nodes(size, grown.read)).body()
    hash_line = base64_text(proof.hashes[0]).encode()
    short = base64_text(bytes(31)).encode()
    extra = ours.to_extra()

    def changed(name: str, fault: str, **changes: Any) -> Vectors:
        return spoil(name, fault, replace(proof, **changes).encode())

    return [
        changed("proof-opens-another-value", "ProofRejected",
                extra=Disclosure.opening(ours.t, forged, ["actor"]).to_extra()),
        changed("proof-opens-a-field-that-is-not-committed", "MalformedProof",
                extra=extra.replace(BOHDAN.encode(), AMINA.encode())),
        changed("proof-of-another-event", "ProofRejected", extra=disclosures[2].to_extra()),
        changed("proof-leaves-out-a-withheld-field", "ProofRejected", extra=fewer.to_extra()),
        changed("proof-adds-a-field", "ProofRejected", extra=more.to_extra()),
        changed("proof-at-another-hour", "ProofRejected", extra=replace(ours, t=HOUR).to_extra()),
        changed("proof-at-another-index", "ProofRejected", index=place + 1),
        changed("proof-outside-the-tree", "ProofRejected", index=size),
        changed("proof-without-its-last-hash", "ProofRejected", hashes=proof.hashes[:-1]),
        changed("proof-with-one-hash-too-many", "ProofRejected", hashes=(*proof.hashes, bytes(32))),
        changed("proof-with-two-hashes-swapped", "ProofRejected", hashes=swapped),
        changed("proof-against-a-smaller-tree", "ProofRejected", checkpoint_note=grown.checkpoint(place + 1)),
        changed("proof-with-a-checkpoint-signed-by-a-stranger", "SignatureRejected",
                checkpoint_note=STRANGER.sign(body)),
        changed("proof-with-a-checkpoint-of-another-size", "SignatureRejected",
                checkpoint_note=proof.checkpoint_note.replace(b"\n%d\n" % size, b"\n%d\n" % (size + 1))),
        changed("proof-without-extra", "MalformedProof", extra=None),
        changed("proof-with-extra-of-version-2", "MalformedProof", extra=extra.replace(b'"v":1}', b'"v":2}')),
        changed("proof-with-extra-that-holds-more", "MalformedProof",
                extra=extra.replace(b'"v":1}', b'"v":1,"x":0}')),
        changed("proof-with-extra-out-of-order", "MalformedProof", extra=two_digests_swapped(extra)),
        changed("proof-with-extra-that-is-not-canonical", "NotCanonical",
                extra=extra.replace(b'"v":1}', b'"v": 1}')),
        changed("proof-opens-a-field-twice", "MalformedProof", extra=first_opened_twice(ours)),
        changed("proof-at-half-past", "MalformedLeaf",
                extra=replace(ours, t="2026-11-23T10:30:00Z").to_extra()),
        spoil("proof-of-version-2", "MalformedProof", text.replace(b"@v1", b"@v2")),
        spoil("proof-without-index", "MalformedProof", text.replace(b"index ", b"place ")),
        spoil("proof-with-a-leading-zero", "MalformedProof", text.replace(b"index ", b"index 0")),
        spoil("proof-with-a-short-hash", "MalformedProof", text.replace(hash_line, short)),
        spoil("proof-with-base64-without-padding", "MalformedProof", text.replace(hash_line, hash_line[:-1])),
        spoil("proof-with-windows-newlines", "MalformedProof", text.replace(b"\n", b"\r\n")),
        spoil("proof-without-checkpoint", "MalformedProof", text.partition(b"\n\n")[0] + b"\n"),
    ]  # fmt: skip


def two_digests_swapped(extra: bytes) -> bytes:
    value = json.loads(extra)
    value["digests"][0], value["digests"][1] = value["digests"][1], value["digests"][0]
    return canonical(value)


def first_opened_twice(disclosure: Disclosure) -> bytes:
    value = json.loads(disclosure.to_extra())
    value["opened"].insert(0, value["opened"][0])
    return canonical(value)


# ---------------------------------------------------------------- writing


def render() -> dict[str, str]:
    """Return file name → content of every vector file that is made here."""
    made = {
        "field.json": fields(),
        "event.json": events(),
        "tree.json": tree(),
        "note.json": notes(),
        "checkpoint.json": checkpoints(),
        "proof.json": proofs(),
    }
    return {name: json.dumps(value, ensure_ascii=False, indent=1) + "\n" for name, value in made.items()}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in render().items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
