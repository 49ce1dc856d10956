"""The ZIP profile of a bundle: one list of files has one sequence of bytes (docs/spec/bundle.md).

Stored, sorted by name, no data descriptors, fixed time and attributes, ZIP64 only where the numbers
need it, no comments, no gaps, nothing before the first or after the last record. All of a header
therefore follows from the name, size and CRC-32 of the files. The writer needs no second pass; the
reader rebuilds every header and compares, so that no bit of the container is left unexamined.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import BinaryIO

from . import headers
from .beside import Beside
from .faults import IntegrityFault
from .names import UnsafeName, require_distinct_names, require_safe_name

MAX_ENTRIES = 1_000_000
MAX_FILE_SIZE = 2**62
MAX_FAULTS = 100
READ_SIZE = 1 << 18


class ArchiveFault(IntegrityFault):
    """The container is not what the ZIP profile prescribes."""

    default_advice = "Ask the sender for another copy; do not unpack and re-pack this one."


class HeaderDiffers(ArchiveFault):
    """A header is not the one that belongs to the files of the archive."""


class ArchiveBroken(ArchiveFault):
    """The archive is cut short, has something added, or its directory cannot be read."""


class StreamDiffers(ArchiveFault):
    """The bytes of a file do not have the size or CRC-32 that its header says."""


@dataclass(frozen=True)
class Entry:
    """One file to be written: its name, size in bytes, CRC-32, and a way to read it once."""

    name: str
    size: int
    crc32: int
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Written:
    """What a writer has put out: size in bytes and SHA-256 (hex) of the whole archive."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Member:
    """One file found in an archive; ``data_at`` is the place of its first byte."""

    name: str
    size: int
    crc32: int
    data_at: int


@dataclass(frozen=True)
class Examined:
    """What ``examine_archive`` found. ``archive`` is None when its directory could not be followed."""

    archive: "Archive | None"
    faults: tuple[IntegrityFault, ...]


# --- Writing ----------------------------------------------------------------------------------


def write_archive(entries: Iterable[Entry], sink: Callable[[bytes], object]) -> Written:
    """Write the archive of ``entries`` into ``sink``, which has to take all bytes of each call.

    Streams: memory does not grow with the files. The order of ``entries`` does not matter. Raises
    ``UnsafeName`` before the first byte, and ``StreamDiffers`` when a stream does not have the size
    and CRC-32 that was said; what is in the sink then is no archive.
    """
    ordered = _in_order(entries)
    digest = sha256()
    with Beside(digest.update) as hashing:
        out = _Tally(sink, hashing)
        for entry in ordered:
            out.put(headers.local_header(entry.name.encode("ascii"), entry.size, entry.crc32))
            _copy(entry, out)
        _put_directory(ordered, out)
        hashing.finish()
    return Written(out.size, digest.hexdigest())


def archive_size(entries: Iterable[Entry]) -> int:
    """Return the size in bytes that ``write_archive`` will put out for ``entries``."""
    place = directory = count = 0
    for entry in _in_order(entries):
        name = entry.name.encode("ascii")
        directory += len(headers.central_record(name, entry.size, entry.crc32, place))
        place += len(headers.local_header(name, entry.size, entry.crc32)) + entry.size
        count += 1
    return place + directory + len(headers.end_records(count, directory, place))


class _Tally:
    """A sink that counts and hashes what goes through."""

    def __init__(self, sink: Callable[[bytes], object], hashing: Beside) -> None:
        self._sink = sink
        self._hashing = hashing
        self.size = 0

    def put(self, data: bytes) -> None:
        self._hashing.put(data)
        self._sink(data)
        self.size += len(data)


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    ordered = sorted(entries, key=lambda entry: entry.name)
    if len(ordered) > MAX_ENTRIES:
        raise ArchiveFault(f"An archive holds at most {MAX_ENTRIES} files, not {len(ordered)}.")
    for entry in ordered:
        require_safe_name(entry.name)
        if not 0 <= entry.size <= MAX_FILE_SIZE or not 0 <= entry.crc32 <= headers.FULL32:
            raise ArchiveFault(f"{entry.name} cannot have {entry.size} bytes and the CRC-32 {entry.crc32}.")
    require_distinct_names(entry.name for entry in ordered)
    return ordered


def _put_directory(ordered: Sequence[Entry], out: _Tally) -> None:
    directory_at, place = out.size, 0
    for entry in ordered:
        name = entry.name.encode("ascii")
        out.put(headers.central_record(name, entry.size, entry.crc32, place))
        place += len(headers.local_header(name, entry.size, entry.crc32)) + entry.size
    out.put(headers.end_records(len(ordered), out.size - directory_at, directory_at))


def _copy(entry: Entry, out: _Tally) -> None:
    size = crc32 = 0
    for chunk in entry.chunks():
        size += len(chunk)
        if size > entry.size:
            raise StreamDiffers(f"{entry.name} has more than the {entry.size} bytes that were announced.")
        crc32 = zlib.crc32(chunk, crc32)
        out.put(chunk)
    if size != entry.size:
        raise StreamDiffers(f"{entry.name} has {size} bytes; {entry.size} were announced.")
    if crc32 != entry.crc32:
        raise StreamDiffers(f"{entry.name} does not have the CRC-32 that was announced.")


# --- Reading ----------------------------------------------------------------------------------


class Archive:
    """A ZIP file whose directory could be followed; ``members`` are its files by name."""

    def __init__(self, source: BinaryIO, members: Sequence[Member]) -> None:
        self._source = source
        self.members = {member.name: member for member in members}

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file; raise ``StreamDiffers`` after the last if the CRC-32 is wrong."""
        member = self.members[name]
        at, end, crc32 = member.data_at, member.data_at + member.size, 0
        while at < end:
            self._source.seek(at)
            chunk = self._source.read(min(READ_SIZE, end - at))
            if not chunk:
                raise ArchiveBroken(f"{name} ends {end - at} bytes too early.")
            crc32 = zlib.crc32(chunk, crc32)
            at += len(chunk)
            yield chunk
        if crc32 != member.crc32:
            raise StreamDiffers(f"The bytes of {name!a} do not fit the CRC-32 in its ZIP header.")


def read_archive(source: BinaryIO) -> Archive:
    """Return the archive in ``source`` after comparing every header byte; raise the first fault."""
    examined = examine_archive(source)
    if examined.faults:
        raise examined.faults[0]
    if examined.archive is None:
        raise ArchiveBroken("The archive cannot be read.")
    return examined.archive


def examine_archive(source: BinaryIO) -> Examined:
    """Compare every header byte of ``source`` with the one the profile prescribes; name each difference.

    The directory is read once, its names, sizes and CRC-32 are believed, and from them all headers
    are rebuilt. The archive can be read in spite of faults as long as the sizes add up.
    """
    return _Examination(source).run()


class _Examination:
    """One reading of one archive."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._total = source.seek(0, 2)
        self._faults: list[IntegrityFault] = []
        self._members: list[Member] = []

    def run(self) -> Examined:
        try:
            directory_at, directory_size = self._find_directory()
            try:
                place = self._read_directory(directory_at, directory_at + directory_size)
            finally:  # a directory that breaks off: the headers of what it named tell what is wrong
                self._compare_local_headers()
            _require_sum(place, directory_at)
            self._compare_end(directory_at, directory_size)
        except ArchiveBroken as fault:
            self._add(fault)
            return Examined(None, tuple(self._faults))
        self._require_good_names()
        return Examined(Archive(self._source, self._members), tuple(self._faults))

    def _find_directory(self) -> tuple[int, int]:
        """Return place and size of the directory as the end records say; they are compared later."""
        at = self._total - headers.END.size
        if at < 0:
            raise ArchiveBroken(f"The file has {self._total} bytes, too few for a ZIP file; it is cut short.")
        signature, _, _, _, count, size, place, _ = headers.END.unpack(self._read(at, headers.END.size))
        if signature != headers.END_SIGNATURE:
            raise ArchiveBroken(
                "The file does not end with the end record of a ZIP: it is cut short, damaged there,"
                " or something was added after it."
            )
        if headers.FULL32 in (size, place) or count == headers.FULL16:
            at -= headers.END64.size + headers.LOCATOR.size
            if at < 0:
                raise ArchiveBroken("The ZIP64 end record is missing.")
            size, place = headers.END64.unpack(self._read(at, headers.END64.size))[-2:]
        if place + size != at:
            raise ArchiveBroken(
                "The end record names a place or size of the directory at which there is none,"
                " or bytes stand between the directory and the end record."
            )
        return place, size

    def _read_directory(self, at: int, end: int) -> int:
        """Read all records; return the place that follows from them for the directory itself."""
        place = 0
        previous = b""
        while at < end:
            name, size, crc32, actual = self._read_record(at, end)
            expected = headers.central_record(name, size, crc32, place)
            shown = _shown(name)
            if actual != expected:
                where = f"the directory record of {shown}"
                self._differs(where, actual, expected, headers.CENTRAL, headers.CENTRAL_FIELDS)
            if name <= previous:
                self._add(UnsafeName(f"{shown} stands twice, or out of order, in the directory."))
            header = len(headers.local_header(name, size, crc32))
            self._members.append(Member(name.decode("latin-1"), size, crc32, place + header))
            if len(self._members) > MAX_ENTRIES:
                raise ArchiveBroken(f"The directory names more than {MAX_ENTRIES} files.")
            place += header + size
            if place > self._total:
                raise ArchiveBroken("The sizes in the directory add up to more than the whole archive.")
            at += len(actual)
            previous = name
        return place

    def _read_record(self, at: int, end: int) -> tuple[bytes, int, int, bytes]:
        """Return name, size, CRC-32 and all bytes of the directory record at ``at``."""
        number = len(self._members) + 1
        head = self._read(at, min(headers.CENTRAL.size, end - at))
        if len(head) < headers.CENTRAL.size or head[:4] != headers.CENTRAL_MARK:
            raise ArchiveBroken(f"Record {number} of the directory is damaged: its signature is wrong.")
        parts = headers.CENTRAL.unpack(head)
        crc32, size, name_size, extra_size, comment_size = parts[7], parts[9], *parts[10:13]
        length = headers.CENTRAL.size + name_size + extra_size + comment_size
        if at + length > end:
            raise ArchiveBroken(f"Record {number} of the directory is damaged: it is longer than the rest.")
        record = self._read(at, length)
        name = record[headers.CENTRAL.size : headers.CENTRAL.size + name_size]
        extra = record[headers.CENTRAL.size + name_size :]
        if size == headers.FULL32:  # the first number of a ZIP64 field, if there is one
            size = int.from_bytes(extra[4:12], "little")
        if size > self._total:
            raise ArchiveBroken(f"The directory says that {_shown(name)} is larger than the whole archive.")
        return name, size, crc32, record

    def _compare_local_headers(self) -> None:
        for member in self._members:
            name = member.name.encode("latin-1")
            expected = headers.local_header(name, member.size, member.crc32)
            actual = self._read(member.data_at - len(expected), len(expected))
            if actual == expected:
                continue
            where = f"the header before {_shown(name)}"
            self._differs(where, actual, expected, headers.LOCAL, headers.LOCAL_FIELDS)
            if not actual.startswith(expected[:4]):  # lost the thread: all that follow would differ too
                return

    def _compare_end(self, directory_at: int, directory_size: int) -> None:
        at = directory_at + directory_size
        expected = headers.end_records(len(self._members), directory_size, directory_at)
        if self._read(at, self._total - at) != expected:
            self._add(HeaderDiffers("The end record of the ZIP differs from the one prescribed."))

    def _require_good_names(self) -> None:
        try:
            for member in self._members:
                require_safe_name(member.name)
            require_distinct_names(member.name for member in self._members)
        except UnsafeName as fault:
            self._add(fault)

    def _differs(
        self, where: str, actual: bytes, expected: bytes, layout: Struct, fields: Sequence[str]
    ) -> None:
        what = "name or extra field"
        if len(actual) >= layout.size:
            pairs = zip(fields, layout.unpack_from(actual), layout.unpack_from(expected), strict=True)
            what = next((name for name, is_, should in pairs if is_ != should), what)
        self._add(HeaderDiffers(f"In {where} the {what} differs from what is prescribed."))

    def _add(self, fault: IntegrityFault) -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(fault)

    def _read(self, at: int, size: int) -> bytes:
        self._source.seek(at)
        return self._source.read(size)


def _require_sum(place: int, directory_at: int) -> None:
    if place != directory_at:
        raise ArchiveBroken(
            f"The sizes in the directory add up to {place} bytes of files and headers;"
            f" there are {directory_at}."
        )


def _shown(name: bytes) -> str:
    return ascii(name.decode("latin-1"))
