"""What is stated about one kind of exhibit only (standards.md 3.1), by kind.

Kept as one object on the exhibit because nothing queries it; still no key is accepted that
is not listed here, so that two people write the same fact under the same name.
"""

from collections.abc import Mapping
from typing import Any

from evidence_tracker.casework.exhibits.facts import read_value
from evidence_tracker.casework.exhibits.models import ExhibitKind
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

_PHOTO: dict[str, Any] = {
    "photographer": str,
    "direction_deg": int,
    "sequence": str,
    "has_scale": bool,
    "shows_persons": bool,
    "log_sheet": str,
}
_SOUND: dict[str, Any] = {
    "duration_ms": int,
    "codec": str,
    "time_code_notes": str,
    "speakers": list[str],
    "is_unedited": bool,
    "gaps_explained": str,
}
_DOCUMENT: dict[str, Any] = {
    "author": str,
    "recipient": str,
    "dated": Moment,
    "issuing_body": str,
    "stamps_and_signatures": str,
    "how_obtained": str,
    "original_held_by": str,
    "pages": int,
    "is_copy_certified": bool,
    "is_handwritten": bool,
}
_DIGITAL: dict[str, Any] = {
    "device_serial": str,
    "imei": str,
    "state_found": str,
    "write_blocker": str,
    "tool": str,
    "tool_version": str,
    "examiner": str,
    "log": str,
    # satellite and other remote images
    "provider": str,
    "sensor": str,
    "scene_id": str,
    "acquired": Moment,
    "licence": str,
    "processing": str,
    # lists and extracts of databases
    "query": str,
    "row_count": int,
    "schema": str,
}
_PRODUCT: dict[str, Any] = {
    "inputs": list[str],
    "method": str,
    "author": str,
    "reviewer": str,
    "product_version": str,
    "limitations": str,
}
KNOWN: dict[ExhibitKind, dict[str, Any]] = {
    ExhibitKind.PHOTO: _PHOTO,
    ExhibitKind.VIDEO: _PHOTO | _SOUND,
    ExhibitKind.AUDIO: _SOUND,
    ExhibitKind.RECORDING: _SOUND,
    ExhibitKind.DOCUMENT: _DOCUMENT,
    ExhibitKind.DIGITAL: _DIGITAL,
    ExhibitKind.PRODUCT: _PRODUCT,
    ExhibitKind.PHYSICAL: {},
    ExhibitKind.ONLINE_CAPTURE: _PHOTO | _SOUND | _DOCUMENT,
}


def checked(kind: ExhibitKind, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return the particulars as JSON values, or refuse what this kind of exhibit does not have."""
    known = KNOWN[kind]
    unknown = sorted(set(stated) - set(known))
    if unknown:
        raise InvalidInput(
            f"A {kind.value} exhibit has no particulars named {', '.join(unknown)}.",
            advice=f"It has: {', '.join(sorted(known)) or 'none'}.",
        )
    return {name: _as_json(read_value(name, known[name], value)) for name, value in sorted(stated.items())}


def _as_json(value: Any) -> Any:
    return value.to_json() if isinstance(value, Moment) else value
