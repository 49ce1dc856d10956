"""One spelling for every value: RFC 8785 JSON in a restricted domain, and strict base64.

The domain: objects with ASCII keys, arrays, strings, integers of less than 2^53, booleans and
null, at most ``MAX_DEPTH`` deep. No floats: two programs may print one float in two ways. Within
this domain RFC 8785 is exactly what the standard library's encoder writes with sorted keys and no
spaces, so the verifier needs no further library; the tests hold it against the ``rfc8785`` package.
"""

import base64
import json
from typing import TypeAlias, Union

from .faults import NotCanonical

JSON: TypeAlias = Union[bool, int, str, "list[JSON]", "dict[str, JSON]", None]

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def canonical(value: JSON, *, max_depth: int = MAX_DEPTH) -> bytes:
    """Return the only bytes that stand for ``value``, or refuse it with ``NotCanonical``."""
    _require_in_domain(value, max_depth)
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("A text holds half of a surrogate pair, which no UTF-8 can carry.") from error


def parse_canonical(data: bytes) -> JSON:
    """Return the value that ``data`` is the canonical form of; refuse every other spelling.

    Duplicate keys, spaces, other escapes, floats, a byte order mark, trailing bytes: all are
    refused in one way, because writing the value again does not give the same bytes.
    """
    try:
        value: JSON = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotCanonical("The bytes are not JSON in UTF-8.") from error
    if canonical(value) != data:
        raise NotCanonical("The JSON is valid, but is not the canonical form of its value.")
    return value


def base64_text(data: bytes) -> str:
    """Return standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def parse_base64(text: str) -> bytes:
    """Return the bytes of ``text``, refusing all but their one standard base64 spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NotCanonical("The text is not standard base64.") from error
    if base64_text(data) != text:
        raise NotCanonical("The base64 is not the canonical spelling of its bytes.")
    return data


def _require_in_domain(value: object, depth: int) -> None:
    if value is None or isinstance(value, str):
        return
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise NotCanonical("An integer is 2^53 or more, which not every JSON reader can hold.")
    elif depth == 0:
        raise NotCanonical("The value is nested too deep.")
    elif isinstance(value, list):
        for item in value:
            if type(item) is not str:  # most are, and the calls would cost more than the encoding
                _require_in_domain(item, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_key(key)
            _require_in_domain(item, depth - 1)
    else:
        raise NotCanonical(f"A value of type {type(value).__name__} has no canonical form here.")


def _require_key(key: object) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise NotCanonical("An object key is not an ASCII text.")
