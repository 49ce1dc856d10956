"""What kind of file this is, from its first 64 KiB. Runs in the child only.

libmagic says; where it is known to stop at the wrapping (a ZIP, a gzip, XML, a
text), a look at the first names or lines says more. Which of the two spoke is kept
with the answer: versions of libmagic differ, and custody records must say who
said what.
"""

import ctypes
import hashlib
import re
import sys
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

GENERIC = "application/octet-stream"
SNIFF = "evidence-tracker"
SNIFF_VERSION = "1"

ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
DIRECTORY_ENTRY = re.compile(rb"PK\x01\x02.{24}(..).{16}", re.DOTALL)
NAMED_BY_ITSELF = re.compile(rb"application/(vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip)")
MAIL_HEADER = re.compile(
    rb"(received|return-path|delivered-to|from|to|cc|date|subject|message-id|mime-version|content-type"
    rb"|dkim-signature|x-[a-z0-9-]+)\s*:",
    re.IGNORECASE,
)
MAIL_NEEDS = {b"from", b"date", b"subject", b"message-id", b"received", b"to"}
OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
WRAPPED_ARCHIVE = re.compile(rb"archive/[^/]+\.warc(\.gz)?")
PAGE_ARCHIVE_FOLDERS = (b"archive/", b"indexes/", b"pages/")


class Detector:
    """libmagic: the system's, or the packaged one where there is none (or it is asked for)."""

    def __init__(self, *, packaged: bool = False) -> None:
        database = _load_packaged() if packaged or not _load_system() else None
        import magic  # noqa: PLC0415 - it looks for the library when it is imported

        self._magic: Any = magic.Magic(mime=True, magic_file=database)
        self.name = "libmagic"
        self.version = _version_of(magic, database)

    def detect(self, head: bytes) -> dict[str, str]:
        """Return value, detector and version for a file that begins with ``head``."""
        said = self._magic.from_buffer(head)
        closer = look_closer(head, said)
        if closer is None:
            return {"value": said.lower(), "detector": self.name, "version": self.version}
        return {
            "value": closer,
            "detector": SNIFF,
            "version": f"{SNIFF_VERSION}; {self.name} {self.version} said {said}",
        }


def look_closer(head: bytes, said: str) -> str | None:
    """Return what is inside the wrapping that ``said`` names, None if that is all there is to say."""
    looks: list[tuple[bool, Callable[[bytes], str | None]]] = [
        (head.startswith(b"PK\x03\x04"), _in_zip),
        (head.startswith(b"\x1f\x8b"), _in_gzip),
        (head.startswith(b"WARC/"), lambda _head: "application/warc"),
        (said in {"text/xml", "application/xml"}, _in_xml),
        (said.startswith("text/") or said == GENERIC, _in_text),
        (said in {GENERIC, "video/mp4", "video/quicktime"}, _in_boxes),
    ]
    found = (look(head) for applies, look in looks if applies)
    return next((value for value in found if value and value != said), None)


def _in_zip(head: bytes) -> str | None:
    names = _names_in_zip(head)
    if names[:1] == [b"mimetype"] and (own := NAMED_BY_ITSELF.match(head, 38)):
        return own[0].decode("ascii")
    if b"[Content_Types].xml" in names or b"_rels/.rels" in names:
        return next((value for folder, value in OFFICE.items() if _any_under(names, folder)), None)
    if any(WRAPPED_ARCHIVE.fullmatch(name) for name in names):
        return "application/x-wacz"
    if b"datapackage.json" in names and any(_any_under(names, folder) for folder in PAGE_ARCHIVE_FOLDERS):
        return "application/x-wacz"
    return "application/vnd.google-earth.kmz" if b"doc.kml" in names else None


def _names_in_zip(head: bytes) -> list[bytes]:
    """Return the names of entries that can be seen in the head, in order; nothing is unpacked."""
    return [
        head[match.end() : match.end() + int.from_bytes(match[1], "little")]
        for pattern in (ENTRY, DIRECTORY_ENTRY)
        for match in pattern.finditer(head)
    ]


def _any_under(names: list[bytes], folder: bytes) -> bool:
    return any(name.startswith(folder) for name in names)


def _in_gzip(head: bytes) -> str | None:
    """Look at the first unpacked bytes: a web archive is gzipped record by record."""
    try:
        first = zlib.decompressobj(31).decompress(head[:4_096], 16)
    except zlib.error:
        return None
    return "application/warc+gz" if first.startswith(b"WARC/") else None


def _in_xml(head: bytes) -> str | None:
    root = re.search(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s>/]", head[:4_096])
    known = {b"kml": "application/vnd.google-earth.kml+xml", b"svg": "image/svg+xml", b"html": "text/html"}
    return known.get(root[1]) if root else None


def _in_text(head: bytes) -> str | None:
    """Mail is text with the right first lines, whatever its first part contains."""
    first, _, rest = head.partition(b"\n")
    if first.startswith(b"From ") and _is_mail(rest):
        return "application/mbox"
    return "message/rfc822" if _is_mail(head) else None


def _is_mail(text: bytes) -> bool:
    if not MAIL_HEADER.match(text):
        return False
    header = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0]
    names = {match[1].lower() for line in header.splitlines() if (match := MAIL_HEADER.match(line))}
    return len(MAIL_NEEDS & names) >= 3


def _in_boxes(head: bytes) -> str | None:
    """Old databases take pictures of phones for films."""
    if head[4:8] != b"ftyp":
        return None
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(head[3], 64), 4))}
    if brands & {b"heic", b"heix", b"heim", b"heis"}:
        return "image/heic"
    return "image/avif" if b"avif" in brands else None


def _load_system() -> bool:
    """Say whether the system's libmagic can be loaded."""
    candidates = ["libmagic.so.1"] if sys.platform == "linux" else ["libmagic.dylib", "libmagic.1.dylib"]
    for name in candidates:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def _load_packaged() -> str | None:
    """Load the library of the package pylibmagic by its path and return its database.

    Importing the package would change the environment of this process and the loader's
    methods; loading it by path is enough on Linux, where python-magic's own search then
    finds it by its name. On macOS only the import works.
    """
    spec = find_spec("pylibmagic")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    if sys.platform == "linux":
        ctypes.CDLL(str(folder / "libmagic.so.1"), ctypes.RTLD_GLOBAL)
    else:
        import pylibmagic  # noqa: F401, PLC0415
    return str(folder / "magic.mgc")


def _version_of(magic: Any, database: str | None) -> str:
    """Return ``5.44 (magic.mgc 3f2a...)``: the library and the first digits of its database's SHA-256."""
    number = magic.version()
    get_path = magic.libmagic.magic_getpath
    get_path.restype, get_path.argtypes = ctypes.c_char_p, [ctypes.c_char_p, ctypes.c_int]
    places = [database] if database else (get_path(None, 0) or b"").decode().split(":")
    for place in places:
        path = Path(place if place.endswith(".mgc") else place + ".mgc")
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            return f"{number // 100}.{number % 100} (magic.mgc {digest[:12]})"
    return f"{number // 100}.{number % 100}"
