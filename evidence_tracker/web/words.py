"""The words of the program for people: enums, fields, acts. Everything goes through gettext."""

from enum import StrEnum

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

#: Columns whose names say little to a person.
_COLUMNS: dict[str, LazyString] = {
    "age_recipients": _l("Public keys"),
    "keys_checked_how": _l("How its keys were checked"),
    "keys_changed_by": _l("Keys entered by"),
    "recipient_class": _l("Receives as"),
    "name_latin": _l("Name in Latin letters"),
    "name_language": _l("Language of the name"),
    "offence_basis": _l("What allows it to be held"),
    "is_crsv_survivor": _l("Survivor of sexual violence"),
    "is_child": _l("Under 18"),
    "civil_status": _l("Was at the time"),
    "wishes_anonymity": _l("Wishes to stay anonymous"),
    "contact_interval_days": _l("Days between contacts"),
    "born_on": _l("Date of birth"),
    "headquarters_country": _l("Run from"),
    "registration_country": _l("Registered in"),
    "exhibit_reference": _l("Signed document"),
    "since": _l("Since"),
    "until": _l("Until"),
    "source": _l("According to"),
}


#: Words that are abbreviations, or names of bodies.
_WORDS: dict[str, LazyString] = {
    "icc-otp": _l("ICC Office of the Prosecutor"),
    "icc-registry": _l("ICC Registry"),
    "ua-opg": _l("Office of the Prosecutor General, Ukraine"),
    "un-coi": _l("UN commission of inquiry"),
    "un-body": _l("UN body"),
    "un-treaty-body": _l("UN treaty body"),
    "hrmmu": _l("HRMMU"),
    "eu-sanctions": _l("EU sanctions body"),
    "uk-us-ca-sanctions": _l("UK, US or Canadian sanctions body"),
    "media-public": _l("Media, the public"),
    "gdpr-does-not-apply": _l("GDPR does not apply"),
    "authorised-by-union-law": _l("Authorised by Union law"),
    "lei": _l("LEI"),
    "id_seen": _l("Document seen"),
    "latin_name": _l("Name in Latin letters"),
}


def said(word: StrEnum | str | None) -> str:
    """Return a word of a list as a person reads it: ``legal-officer`` → Legal officer."""
    if word is None:
        return ""
    text = word.value if isinstance(word, StrEnum) else str(word)
    if text in _WORDS:
        return str(_WORDS[text])
    if text.isupper():
        return text
    return str(gettext(text.replace("-", " ").replace("_", " ").capitalize()))


def column(name: str) -> str:
    """Return the name of a column as a person reads it: ``legal_basis`` → Legal basis."""
    if name in _COLUMNS:
        return str(_COLUMNS[name])
    bare = name.removesuffix("_id").removeprefix("is_").removeprefix("has_")
    return str(gettext(bare.replace("_", " ").capitalize()))
