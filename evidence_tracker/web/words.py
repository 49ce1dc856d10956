"""The words of the program for people: enums, fields, acts. Everything goes through gettext."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from flask_babel import LazyString, pgettext
from flask_babel import lazy_gettext as _l

#: What the catalogue calls words of lists and names of columns: a state "open" is no button "Open".
CHOICE = "choice"
FACT = "fact"

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
    "ihl_basis": _l("Treaty articles"),
    "target_object": _l("What was hit"),
    "target_status": _l("What it was at the time"),
    "warning_given": _l("Warning given"),
    "undefended_status": _l("Place undefended"),
    "weapon_system": _l("Weapon"),
    "launch_direction": _l("From where it came"),
    "reverberating_effects": _l("What followed from the damage"),
    "advantage_notes": _l("Military advantage to be expected"),
    "size_bytes": _l("Size"),
    "sha256": _l("SHA-256"),
    "received_at": _l("Received"),
    "received_from": _l("Handed over by"),
    "source_kind": _l("Kind of source"),
    "method": _l("How it was collected"),
    "device_clock_offset_s": _l("Seconds its clock was ahead"),
    "retention": _l("How long it is kept"),
    "derivative_kind": _l("What it is to its original"),
    "made_how": _l("What was done"),
    "made_with": _l("Made with"),
    "checked_at": _l("Checked by a second person"),
    "exception_reason": _l("Why it had to be taken"),
    "imminent_loss": _l("Why it would have been lost"),
    "lawful_basis": _l("Why taking it was lawful"),
    "authority_answer": _l("What the authority answered"),
    "protective_equipment": _l("What to wear"),
    "munition_basis": _l("What that rests on"),
    "crater_diameter_mm": _l("Diameter of the crater (mm)"),
    "crater_depth_mm": _l("Depth of the crater (mm)"),
    "crater_azimuth_deg": _l("Where it came from (degrees from north)"),
    "crater_note": _l("What else the ground shows"),
    "is_handled": _l("Touched or moved"),
    "direction_deg": _l("Direction (degrees from north)"),
    "duration_ms": _l("Duration (milliseconds)"),
    "has_scale": _l("With a scale"),
    "imei": _l("IMEI"),
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
    "exhibit": _l("Evidence item"),
    "inculpatory": _l("Speaks for it (inculpatory)"),
    "exculpatory": _l("Speaks against it (exculpatory)"),
    "context": _l("Context"),
    "latin_name": _l("Name in Latin letters"),
    "re-contact": _l("Contacting again"),
    "import-wacz": _l("Imported from a WACZ"),
    "import-other": _l("Imported from elsewhere"),
    "upload-original": _l("Uploaded: the original file"),
    "upload-screenshot": _l("Uploaded: a screenshot"),
    "server-browser": _l("Our server, with a browser"),
    "server-http": _l("Our server, without a browser"),
    "controlled-server": _l("Us: our server"),
    "controlled-client": _l("Us: a machine of ours"),
    "uncontrolled": _l("Somebody else"),
    "warc": _l("WARC"),
    "wacz": _l("WACZ"),
    "html": _l("HTML"),
    "vpn": _l("VPN"),
    "synthetic-check": _l("Made or changed by a machine?"),
    "mandate": _l("Mandate"),
    "who-we-are": _l("Who we are"),
    "not-state-or-icc": _l("We are neither the State nor the ICC"),
    "voluntary": _l("It is voluntary"),
    "may-stop": _l("The person may stop, skip and correct at any time"),
    "no-payment": _l("Nothing is paid or promised for it"),
    "possible-uses": _l("What it may be used for"),
    "confidentiality-limits": _l("Where confidentiality ends: courts, the defence"),
    "complaint-channel": _l("Where to complain"),
}


def said(word: StrEnum | str | None) -> str:
    """Return a word of a list as a person reads it: ``legal-officer`` → Legal officer."""
    if not word:
        return ""
    text = word.value if isinstance(word, StrEnum) else str(word)
    if text in _WORDS:
        return str(_WORDS[text])
    if text.isupper() and not isinstance(word, StrEnum):
        return text
    return str(pgettext(CHOICE, spelled(text))) if is_spelled(text) else text.replace("-", "–")


def is_spelled(text: str) -> bool:
    """Say whether a word of a list is shown as it is spelled: it is no number and no abbreviation with own words."""
    return text not in _WORDS and not text[:1].isdigit()


def spelled(text: str) -> str:
    """Return a word of a list in English, as the catalogue has it."""
    return text if text.isupper() else text.replace("-", " ").replace("_", " ").capitalize()


def is_word(text: str) -> bool:
    """Say whether a text is a word of one of the program's lists, and no text of somebody."""
    return text in _WORDS or text in _listed()


@cache
def _listed() -> frozenset[str]:
    """Return the words of all lists there are; asked for the first time when all of them are loaded."""
    found: set[str] = set()
    waiting = list(StrEnum.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found |= {str(one.value) for one in kind}
        waiting += kind.__subclasses__()
    return frozenset(found)


def column(name: str, own: Mapping[str, LazyString | str] | None = None) -> str:
    """Return the name of a column as a person reads it: ``legal_basis`` → Legal basis.

    ``own`` are the words of a room, which come before those that all rooms share.
    """
    if own and name in own:
        return str(own[name])
    if name in _COLUMNS:
        return str(_COLUMNS[name])
    return str(pgettext(FACT, bare(name))) if name else ""


def bare(name: str) -> str:
    """Return the name of a column in English, as the catalogue has it."""
    shown = name.removesuffix("_id").removeprefix("is_").removeprefix("has_")
    return shown.replace("_", " ").capitalize()
