r"""Words that a text holds only in escaped form: JSON, vCards, addresses, RTF. Child only.

Exports of messengers write Cyrillic as ``\u0412``, some of them each byte of its UTF-8 as
``\u00d0``; telephones write contacts in quoted-printable; addresses are percent-encoded.
"""

import re

_CODES = re.compile(r"\\u([0-9a-fA-F]{4})")
_LATIN_RUN = re.compile(r"[\u0080-\u00ff]{2,}")
_BYTES = re.compile(r"(?:[=%][0-9a-fA-F]{2}){2,}")
_SOFT_BREAK = re.compile(r"=\r?\n")
_RTF = "{\\rtf"
_RTF_CODES = re.compile(r"\\u(-?\d{1,6})(?: ?\\'[0-9a-fA-F]{2}| ?\?)?")
_RTF_BYTES = re.compile(r"(?:\\'[0-9a-fA-F]{2})+")
_RTF_WORDS = re.compile(r"\\[a-z]+-?\d* ?|[{}]")


def unescaped(text: str) -> str | None:
    """Return the text with its escapes undone, None if there are none."""
    if text.lstrip("\ufeff \r\n").startswith(_RTF):
        return _rtf(text)
    plain = _BYTES.sub(_from_bytes, _SOFT_BREAK.sub("", text)) if "=" in text or "%" in text else text
    if "\\u" in plain:
        plain = _LATIN_RUN.sub(_from_latin, _CODES.sub(lambda found: chr(int(found[1], 16)), plain))
    return plain if plain != text else None


def _from_bytes(found: re.Match[str]) -> str:
    return _decoded(bytes.fromhex(re.sub("[=%]", "", found[0])))


def _from_latin(found: re.Match[str]) -> str:
    try:
        return found[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def _rtf(text: str) -> str:
    named = _RTF_CODES.sub(lambda found: chr(int(found[1]) % 0x10000), text)
    read = _RTF_BYTES.sub(lambda found: _decoded(bytes.fromhex(found[0].replace("\\'", ""))), named)
    return _RTF_WORDS.sub("", read)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251", "replace")
