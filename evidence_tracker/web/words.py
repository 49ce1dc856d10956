"""The words of the program for people: enums, fields, acts. Everything goes through gettext."""

from enum import StrEnum

from flask_babel import gettext


def said(word: StrEnum | str | None) -> str:
    """Return a word of a list as a person reads it: ``legal-officer`` → Legal officer."""
    if word is None:
        return ""
    text = word.value if isinstance(word, StrEnum) else str(word)
    if text.isupper():
        return text
    return str(gettext(text.replace("-", " ").replace("_", " ").capitalize()))


def column(name: str) -> str:
    """Return the name of a column as a person reads it: ``legal_basis`` → Legal basis."""
    bare = name.removesuffix("_id").removeprefix("is_").removeprefix("has_")
    return str(gettext(bare.replace("_", " ").capitalize()))
