"""Codes of languages and countries as people read them: uk is Ukrainian, UA is Ukraine."""

from collections.abc import Iterable
from typing import Any

from babel import Locale
from flask_babel import get_locale


def tongue(tag: str | None) -> str:
    """Return the name of a language with its tag, ``Ukrainian (uk)``; a tag that nobody knows as it is."""
    if not tag:
        return ""
    base, _, rest = tag.partition("-")
    name = _locale().languages.get(base)
    script = _locale().scripts.get(rest.title()) if rest else None
    if name is None:
        return tag
    return f"{name}, {script} ({tag})" if script else f"{name} ({tag})"


def tongues(tags: Iterable[str] | None) -> str:
    """Return the names of several languages."""
    return ", ".join(tongue(tag) for tag in tags or ())


def country(code: str | None) -> str:
    """Return the name of a country by its ISO 3166 code; a code that nobody knows as it is."""
    return str(_locale().territories.get(code, code)) if code else ""


def decoded(value: Any, name: str) -> Any:
    """Return the value of a column as a reader sees it: a code by its name, everything else as it is."""
    if name.endswith("languages") and isinstance(value, list):
        return tongues(value)
    if name.endswith("language") and isinstance(value, str):
        return tongue(value)
    if (name == "country" or name.endswith("_country")) and isinstance(value, str):
        return country(value)
    return value


def _locale() -> Locale:
    return get_locale() or Locale("en")
