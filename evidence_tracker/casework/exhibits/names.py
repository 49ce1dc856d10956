"""Names of files as evidence: exact, and safe to print.

A name on a stranger's disk is bytes. Where those are not clean text, the name is kept in
Python's backslash form, which says every byte; a name that needs none of it stays as it is.
"""

import os
import unicodedata

MAX_NAME = 4096
# Control and half characters, line separators, and the marks that turn the direction of writing
# (a name could otherwise show "gpj.exe" as "exe.jpg").
_NOT_SHOWN = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def kept(name: str | bytes | os.PathLike[str]) -> str:
    r"""Return a file's name, or its path inside the folder given, as text that can be shown.

    Undecodable bytes become ``\xNN``, other characters that cannot be shown ``\uNNNN``;
    in such a name a backslash is doubled, so that two names never become one. A name of
    more than 4096 characters is cut and ends in "…".
    """
    text = os.fsdecode(name)
    if "\\" not in text and text == text.strip() and all(_is_plain(character) for character in text):
        shown = text
    else:
        first, last = len(text) - len(text.lstrip()), len(text.rstrip())
        shown = "".join(
            character
            if first <= place < last and _is_plain(character) and character != "\\"
            else _escaped(character)
            for place, character in enumerate(text)
        )
    return shown if len(shown) <= MAX_NAME else shown[: MAX_NAME - 1] + "…"


def _is_plain(character: str) -> bool:
    return character not in _TURNING and unicodedata.category(character) not in _NOT_SHOWN


def _escaped(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
