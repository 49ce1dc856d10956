"""The text files of a bag: RFC 8493 (BagIt 1.0), with one spelling for every manifest.

A manifest lists ``<digest>  <path>``, sorted bytewise by path, so that ``sha256sum -c`` reads it and
the same files give the same manifest. Reading is strict: what ``manifest_text`` would not have
written is refused.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from .faults import IntegrityFault

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SHA256_HEX = 64
SHA512_HEX = 128
LINE_WIDTH = 79

_HEX = re.compile(r"[0-9a-f]+")
_ESCAPED = re.compile(r"%(0A|0D|25)")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_GAP = re.compile(r"\s+")


class ManifestFault(IntegrityFault):
    """A manifest or ``bag-info.txt`` is not written as it has to be."""


def manifest_text(digests: Mapping[str, str]) -> bytes:
    """Return the manifest of ``path → digest`` (lower-case hex, all of one length)."""
    if len({len(digest) for digest in digests.values()}) > 1:
        raise ManifestFault("The digests of one manifest do not all have the same length.")
    return b"".join(_manifest_line(path, digests[path]) for path in sorted(digests, key=_utf8))


def parse_manifest(data: bytes, *, digest_digits: int = SHA256_HEX) -> dict[str, str]:
    """Return ``path → digest`` of a manifest; refuse (``ManifestFault``) what is not its one spelling."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestFault("The manifest is not UTF-8.") from error
    if not text.endswith("\n") and text:
        raise ManifestFault("The manifest does not end with a newline: it is cut short.")
    digests: dict[str, str] = {}
    previous = b""
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        path, digest = _parse_manifest_line(line, number, digest_digits)
        if digests and _utf8(path) <= previous:
            raise ManifestFault(f"Line {number} of the manifest is out of order, or a path is there twice.")
        digests[path] = digest
        previous = _utf8(path)
    return digests


def payload_oxum(sizes: Iterable[int]) -> str:
    """Return ``<bytes>.<files>`` of the payload files, given their sizes in bytes."""
    total = count = 0
    for size in sizes:
        total += size
        count += 1
    return f"{total}.{count}"


def bag_info(fields: Sequence[tuple[str, str]]) -> bytes:
    """Return ``bag-info.txt`` with ``fields`` (label, value) in the order given.

    A value is one paragraph: each run of white space, newlines too, becomes one space, so that no
    value can begin a field of its own. Long lines are folded at spaces. Values without anything
    visible and values with control characters are refused (``ManifestFault``).
    """
    return "".join(_folded(label, value) for label, value in fields).encode("utf-8")


def parse_bag_info(data: bytes) -> list[tuple[str, str]]:
    """Return (label, value) of each field; refuse (``ManifestFault``) what ``bag_info`` would not write."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestFault("bag-info.txt is not UTF-8.") from error
    fields = []
    for line in text.replace("\n ", " ").split("\n")[:-1]:
        label, colon, value = line.partition(": ")
        if not colon:
            raise ManifestFault(f"bag-info.txt has a line that is not 'Label: value': {line[:60]!a}.")
        fields.append((label, value))
    if bag_info(fields) != data:
        raise ManifestFault("bag-info.txt is not written as a bundle's is (folding, spaces or newlines).")
    return fields


def _manifest_line(path: str, digest: str) -> bytes:
    if not _HEX.fullmatch(digest):
        raise ManifestFault(f"The digest of {path!a} is not lower-case hexadecimal.")
    if not path:
        raise ManifestFault("A path in a manifest is empty.")
    return f"{digest}  {_escape(path)}\n".encode()


def _parse_manifest_line(line: str, number: int, digest_digits: int) -> tuple[str, str]:
    digest, _, escaped = line.partition("  ")
    if len(digest) != digest_digits or not _HEX.fullmatch(digest) or not escaped:
        raise ManifestFault(f"Line {number} of the manifest is not '<digest>  <path>'.")
    path = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), escaped)
    if _escape(path) != escaped:
        raise ManifestFault(f"Line {number} of the manifest spells its path in another way than RFC 8493.")
    return path, digest


def _escape(path: str) -> str:
    """Percent-encode what would break a line, and the sign itself (RFC 8493, section 2.1.3)."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _utf8(path: str) -> bytes:
    try:
        return path.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ManifestFault(f"The path {path!a} cannot be written in UTF-8.") from error


def _folded(label: str, value: str) -> str:
    if not _LABEL.fullmatch(label):
        raise ManifestFault(f"{label!a} is not a label: ASCII letters, digits and hyphens.")
    words = _GAP.sub(" ", value).strip(" ").split(" ")
    if not words[0]:
        raise ManifestFault(f"The value of {label} is empty.")
    if not all(character.isprintable() for word in words for character in word):
        raise ManifestFault(f"The value of {label} holds control characters.")
    lines = [f"{label}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= LINE_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "".join(f"{line}\n" for line in lines)
