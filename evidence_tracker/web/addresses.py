"""Where a record is shown: from its table and reference to its page."""

from flask import current_app, url_for

#: Table → room. What hangs on a record is shown on the page of that record.
ROOMS = {
    "mission": "missions",
    "person": "people",
    "interview": "interviews",
    "capture": "captures",
    "exhibit": "evidence",
    "incident": "incidents",
    "allegation": "allegations",
    "submission": "submissions",
    "party": "parties",
    "agreement": "agreements",
    "instruction": "instructions",
    "unit": "units",
    "suspect": "suspects",
    "company": "companies",
    "task": "tasks",
}


def address_of(table: str | None, reference: str | None) -> str | None:
    """Return the page of a record, None where its room has none."""
    room = ROOMS.get(table or "")
    endpoint = f"{room}.record_page"
    if room is None or not reference or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, reference=reference)


def list_of(table: str) -> str | None:
    """Return the list of the room in which such records are, None where it has none."""
    endpoint = f"{ROOMS.get(table)}.list_page"
    return url_for(endpoint) if endpoint in current_app.view_functions else None
