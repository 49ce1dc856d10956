"""The facts that are stated about remains of munitions and the parts inside them, as fields of forms."""

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from evidence_tracker.casework.exhibits.models import Confidence, ListHit, PhotoView
from evidence_tracker.casework.exhibits.physical import Photo
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.web.fields import Asking, Field, Long, Number, Text, Tick, When, Where, Word, YesNo

_FOUND, _WHAT, _CRATER = _l("Where it was found"), _l("What it may be"), _l("Traces on the ground")
_SAFETY, _PHOTOS = _l("Safety"), _l("Photos that show it")

REMNANT: tuple[Field, ...] = (
    When(name="found", label=_l("Found"), required=True, group=_FOUND),
    Where(name="position", label=_l("Position"), required=True, group=_FOUND),
    Text(name="found_by", label=_l("Found by (a code)"), group=_FOUND),
    Text(
        name="munition",
        label=_l("Munition, as a hypothesis"),
        help=_l("A hypothesis is rated and says on what it rests; it is never a statement of fact."),
        group=_WHAT,
    ),
    Word(
        name="confidence",
        label=_l("Confidence"),
        enum=Confidence,
        required=True,
        default=Confidence.UNKNOWN.value,
        group=_WHAT,
    ),
    Long(name="munition_basis", label=_l("What the hypothesis rests on"), rows=2, group=_WHAT),
    Long(name="markings", label=_l("Markings, letter by letter"), rows=2, group=_WHAT),
    Text(name="serial_number", label=_l("Serial number"), group=_WHAT),
    Text(name="lot_number", label=_l("Lot number"), group=_WHAT),
    Text(name="fuze", label=_l("Fuze"), group=_WHAT),
    Text(name="fragments", label=_l("Fragments"), group=_WHAT),
    Number(name="crater_diameter_mm", label=_l("Diameter of the crater (mm)"), group=_CRATER),
    Number(name="crater_depth_mm", label=_l("Depth of the crater (mm)"), group=_CRATER),
    Number(
        name="crater_azimuth_deg",
        label=_l("Direction it came from (degrees from true north)"),
        group=_CRATER,
    ),
    Text(name="crater_note", label=_l("What else the ground shows"), group=_CRATER),
    Tick(name="is_handled", label=_l("It was touched or moved"), group=_SAFETY),
    Text(
        name="cleared_by",
        label=_l("Who cleared it"),
        help=_l("Nobody handles what nobody qualified has cleared."),
        group=_SAFETY,
    ),
    When(name="cleared", label=_l("Cleared"), group=_SAFETY),
    Text(name="custodian", label=_l("Who keeps it"), group=_SAFETY),
    Long(name="note", label=_l("Note"), rows=2, group=_SAFETY),
)
_PART, _LISTS = _l("The part"), _l("Maker and lists")
COMPONENT: tuple[Field, ...] = (
    Text(name="description", label=_l("What the part is"), required=True, group=_PART),
    Text(name="manufacturer_marking", label=_l("Marking of the maker"), group=_PART),
    Text(name="part_number", label=_l("Part number"), group=_PART),
    Text(name="date_code", label=_l("Date code"), group=_PART),
    Text(name="company_basis", label=_l("Why it points to that company"), group=_LISTS),
    Text(
        name="seat_country",
        label=_l("Where the company sits (two letters)"),
        help=_l("This says nothing about where the part was made."),
        group=_LISTS,
    ),
    Text(name="hs_code", label=_l("HS or CN code"), help=_l("4, 6, 8 or 10 digits."), group=_LISTS),
    Word(
        name="battlefield_list",
        label=_l("On the common high-priority items list"),
        enum=ListHit,
        required=True,
        default=ListHit.NOT_CHECKED.value,
        group=_LISTS,
    ),
    Number(name="battlefield_tier", label=_l("Tier"), help=_l("1 to 4."), least=1, group=_LISTS),
    Text(name="battlefield_version", label=_l("Which edition of the list was checked"), group=_LISTS),
    YesNo(name="is_dual_use", label=_l("Dual use"), group=_LISTS),
    Long(name="supplier_trace", label=_l("What tracing it through suppliers found"), rows=2, group=_LISTS),
)

VIEWS = {
    PhotoView.IN_SITU: _l("Where it lies"),
    PhotoView.OVERALL: _l("From afar"),
    PhotoView.MIDDLE: _l("From the middle distance"),
    PhotoView.CLOSE: _l("From near"),
    PhotoView.MARKING: _l("Its markings"),
    PhotoView.SCALE: _l("With a scale"),
}


@dataclass(frozen=True, kw_only=True)
class Photos(Field):
    """Photo items of one view, by their references."""

    view: PhotoView

    def read(self, text: str, asking: Asking) -> list[Photo]:
        """Return the photos."""
        names = [name for name in re.split(r"[\s,;]+", text) if name]
        return [Photo(find_exhibit(asking.session, name, actor=asking.actor), self.view) for name in names]


def photos_of() -> tuple[Field, ...]:
    """Return a field for the photos of each view, from far to near."""
    return tuple(
        Photos(
            name=f"photos-{view.value}",
            label=VIEWS[view],
            help=_l("References, with commas or spaces between them.") if view is PhotoView.IN_SITU else "",
            view=view,
            group=_PHOTOS,
        )
        for view in PhotoView
    )


def photos_stated(stated: dict[str, Any]) -> list[Photo]:
    """Take the photos out of stated facts."""
    names = [f"photos-{view.value}" for view in PhotoView]
    return [photo for name in names for photo in stated.pop(name, None) or ()]
