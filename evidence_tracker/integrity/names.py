"""File names that mean one file, and the same file, on every computer."""

import re
from collections.abc import Iterable, Iterator

from .faults import IntegrityFault

MAX_NAME = 200
MAX_SEGMENT = 100

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


class UnsafeName(IntegrityFault):
    """A file name that could do harm when unpacked, or mean two files on some computer."""

    default_advice = "Do not unpack this archive; ask the sender for another copy."


def require_safe_name(name: str) -> None:
    """Refuse (``UnsafeName``) a path that is not plain on every system.

    Segments of ASCII letters, digits, ``_``, ``.`` and ``-``, joined by ``/``; none begins with a
    dot or hyphen, none ends with a dot, none is the name of a Windows device; at most 100 characters
    each and 200 in all.
    """
    if len(name) > MAX_NAME:
        raise UnsafeName(f"A name of {len(name)} characters is too long; at most {MAX_NAME} are allowed.")
    for segment in name.split("/"):
        if not _SEGMENT.fullmatch(segment) or segment.endswith(".") or len(segment) > MAX_SEGMENT:
            raise UnsafeName(f"The name {name!a} is not safe to unpack on every computer.")
        if _DEVICE.fullmatch(segment):
            raise UnsafeName(f"The name {name!a} means a device on Windows.")


def require_distinct_names(names: Iterable[str]) -> None:
    """Refuse (``UnsafeName``) names that are one file, or file and folder, where case does not count."""
    folders: dict[str, str] = {}
    files: set[str] = set()
    for name in names:
        if name.lower() in files:
            raise UnsafeName(f"The name {name!a} is there twice, or differs only in its capitals.")
        files.add(name.lower())
        for folder in _folders_of(name):
            if folders.setdefault(folder.lower(), folder) != folder:
                raise UnsafeName(f"The folder {folder!a} is also there with other capitals.")
    both = files & folders.keys()
    if both:
        raise UnsafeName(f"{min(both)!a} is a file and a folder.")


def _folders_of(name: str) -> Iterator[str]:
    at = name.find("/")
    while at >= 0:
        yield name[:at]
        at = name.find("/", at + 1)
