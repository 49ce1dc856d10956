"""Checks 2 and 3: the files are those listed, and each has its listed digest."""

import re
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Final

from .archive import StreamDiffers
from .bagit import BAGIT_TXT, SHA256_HEX, SHA512_HEX, parse_bag_info, parse_manifest, payload_oxum
from .contents import Contents, read_whole
from .faults import IntegrityFault
from .report import DIGESTS, FILES, Findings

MAX_LINE = 1 << 10
MAX_SMALL = 1 << 25
MANIFEST: Final = "manifest-sha256.txt"
MANIFEST512: Final = "manifest-sha512.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
NOTE: Final = "tagmanifest.note"

_REQUIRED = (
    "bagit.txt", "bag-info.txt", MANIFEST, MANIFEST512, TAG_MANIFEST, NOTE, "VERIFY.md",
    "data/custody.jsonl", "proof/checkpoint", "proof/log.vkey", "proof/seal.tlog-proof",
)  # fmt: skip
_OTHERS = re.compile(
    r"proof/events/[1-9][0-9]*\.tlog-proof|proof/epochs/[1-9][0-9]*/"
    r"(?:checkpoint|kept-checkpoint|log\.vkey|link\.tlog-proof)"
)
_ONCE = ("Payload-Oxum", "Bagging-Date", "External-Identifier")


@dataclass(frozen=True)
class FileDigests:
    """What one file really holds: size in bytes, digests in hex; SHA-512 for payload only."""

    size: int
    sha256: str
    sha512: str | None


@dataclass(frozen=True)
class Lists:
    """The manifests and ``bag-info.txt``; None where one is missing or cannot be read."""

    sha256: dict[str, str] | None
    sha512: dict[str, str] | None
    tags: dict[str, str] | None
    info: dict[str, str]


def check_files(contents: Contents, findings: Findings) -> Lists:
    """Compare the names of the files with the manifests and the layout (check 2)."""
    names = set(contents.sizes)
    for name in sorted(set(_REQUIRED) - names):
        findings.fault(FILES, "file-missing", name, "The bundle has to have this file.")
    for name in sorted(names):
        if not (name.startswith("data/") or name in _REQUIRED or _OTHERS.fullmatch(name)):
            findings.fault(FILES, "file-unexpected", name, "No bundle has such a file.")
    payload = {name for name in names if name.startswith("data/")}
    lists = Lists(
        _manifest(contents, MANIFEST, SHA256_HEX, payload, findings),
        _manifest(contents, MANIFEST512, SHA512_HEX, payload, findings),
        _manifest(contents, TAG_MANIFEST, SHA256_HEX, names - payload - {TAG_MANIFEST, NOTE}, findings),
        _bag_info(contents, findings),
    )
    _check_declaration(contents, findings)
    _check_oxum(contents, lists.info, findings)
    findings.finish(FILES)
    return lists


def list_limit(contents: Contents) -> int:
    """Return more bytes than any honest list of these files has."""
    return MAX_SMALL + MAX_LINE * len(contents.sizes)


def check_digests(contents: Contents, lists: Lists, findings: Findings) -> dict[str, FileDigests]:
    """Read every file once and compare it with its lists (check 3); return what was found."""
    found: dict[str, FileDigests] = {}
    for name in sorted(contents.sizes):
        try:
            digests = _digest(contents, name, findings)
        except IntegrityFault as fault:
            findings.caught(DIGESTS, name, fault)
            continue
        found[name] = digests
        _compare(name, digests, lists, findings)
    total = sum(digests.size for digests in found.values())
    findings.note(DIGESTS, f"{len(found)} files, {total} bytes.")
    if None in (lists.sha256, lists.sha512, lists.tags):
        findings.leave(DIGESTS, "a list of files could not be read (see 2).")
    else:
        findings.finish(DIGESTS)
    return found


def _manifest(
    contents: Contents, name: str, digits: int, expected: set[str], findings: Findings
) -> dict[str, str] | None:
    """Return the manifest ``name`` after comparing the files it lists with those it should list."""
    if name not in contents.sizes:
        return None
    try:
        listed = parse_manifest(read_whole(contents, name, list_limit(contents)), digest_digits=digits)
    except IntegrityFault as fault:
        findings.caught(FILES, name, fault)
        return None
    for path in sorted(listed.keys() - expected):
        known = path in contents.sizes
        sentence = f"{name} lists it, but should not." if known else f"{name} lists it, but it is not here."
        findings.fault(FILES, "file-unexpected" if known else "file-missing", path, sentence)
    for path in sorted(expected - listed.keys()):
        findings.fault(FILES, "file-unlisted", path, f"It is here, but {name} does not list it.")
    return listed


def _bag_info(contents: Contents, findings: Findings) -> dict[str, str]:
    if "bag-info.txt" not in contents.sizes:
        return {}
    try:
        fields = parse_bag_info(read_whole(contents, "bag-info.txt", MAX_SMALL))
    except IntegrityFault as fault:
        findings.caught(FILES, "bag-info.txt", fault)
        return {}
    labels = [label for label, _ in fields]
    for label in _ONCE:
        if labels.count(label) != 1:
            findings.fault(
                FILES, "bag-info-differs", "bag-info.txt", f"{label} has to be there exactly once."
            )
    return dict(fields)


def _check_declaration(contents: Contents, findings: Findings) -> None:
    if "bagit.txt" not in contents.sizes:
        return
    try:
        if read_whole(contents, "bagit.txt", MAX_SMALL) != BAGIT_TXT:
            findings.fault(
                FILES, "bag-declaration-differs", "bagit.txt", "It does not declare BagIt 1.0, UTF-8."
            )
    except IntegrityFault as fault:
        findings.caught(FILES, "bagit.txt", fault)


def _check_oxum(contents: Contents, info: dict[str, str], findings: Findings) -> None:
    actual = payload_oxum(size for name, size in contents.sizes.items() if name.startswith("data/"))
    stated = info.get("Payload-Oxum", actual)
    if stated != actual:
        sentence = f"Payload-Oxum says {stated} (bytes.files); there are {actual}."
        findings.fault(FILES, "bag-info-differs", "bag-info.txt", sentence)


def _digest(contents: Contents, name: str, findings: Findings) -> FileDigests:
    short, long, size = sha256(), sha512(), 0
    is_payload = name.startswith("data/")
    try:
        for chunk in contents.chunks(name):
            short.update(chunk)
            if is_payload:
                long.update(chunk)
            size += len(chunk)
    except StreamDiffers as fault:  # comes after the last byte: the digests are complete
        findings.caught(DIGESTS, name, fault)
    return FileDigests(size, short.hexdigest(), long.hexdigest() if is_payload else None)


def _compare(name: str, digests: FileDigests, lists: Lists, findings: Findings) -> None:
    pairs = (
        (MANIFEST, lists.sha256, digests.sha256),
        (MANIFEST512, lists.sha512, digests.sha512),
        (TAG_MANIFEST, lists.tags, digests.sha256),
    )
    for manifest, listed, actual in pairs:
        if listed is not None and listed.get(name, actual) != actual:
            sentence = f"Its bytes are not those listed in {manifest}."
            findings.fault(DIGESTS, "digest-differs", name, sentence)
