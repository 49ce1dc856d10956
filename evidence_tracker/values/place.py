"""Where something is said to have happened: names change, coordinates have an error."""

from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Self

from evidence_tracker.errors import InvalidInput

_LATITUDE_LIMIT = 90
_LONGITUDE_LIMIT = 180


@dataclass(frozen=True)
class Place:
    """A stated place.

    ``name`` as stated with its ``language`` (BCP 47, script included where it matters);
    ``current_name`` where it was renamed; ``gazetteer`` and ``code`` (``KATOTTG``);
    ``latitude``/``longitude`` in WGS84 degrees as decimal text, so that no digit is
    invented or lost; ``precision_m`` the radius in metres; ``how_known`` how the
    coordinates were found.
    """

    name: str
    language: str | None = None
    current_name: str | None = None
    country: str | None = None
    gazetteer: str | None = None
    code: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    precision_m: int | None = None
    how_known: str | None = None

    def __post_init__(self) -> None:
        """Refuse half a coordinate, one off the globe, or a place without a name."""
        if not self.name.strip():
            raise InvalidInput("A place needs its name as it was stated.")
        if (self.latitude is None) != (self.longitude is None):
            raise InvalidInput("A position needs both latitude and longitude.")
        if self.latitude is not None and self.longitude is not None:
            _degrees(self.latitude, _LATITUDE_LIMIT, "latitude")
            _degrees(self.longitude, _LONGITUDE_LIMIT, "longitude")
            if not self.how_known:
                raise InvalidInput(
                    "A position needs how it is known.",
                    advice="Say for example 'GPS of the camera' or 'geolocated'.",
                )
        if self.precision_m is not None and self.precision_m < 0:
            raise InvalidInput("The precision of a position is a radius in metres and cannot be negative.")

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Self:
        """Rebuild a place from ``to_json``; refuses unknown or missing fields."""
        names = {field.name for field in fields(cls)}
        if set(data) != names:
            raise InvalidInput("A stored place has the wrong fields.")
        return cls(**data)  # type: ignore[arg-type] # checked by field name, values by __post_init__

    def to_json(self) -> dict[str, str | int | None]:
        """Return the fields as JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the name as stated, with the current one where it differs."""
        return f"{self.name} (now {self.current_name})" if self.current_name else self.name


def _degrees(text: str, limit: int, what: str) -> None:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise InvalidInput(f"{text!r} is not a {what} in decimal degrees.") from error
    if not value.is_finite() or abs(value) > limit:
        raise InvalidInput(f"A {what} lies between -{limit} and {limit} degrees; {text} does not.")
