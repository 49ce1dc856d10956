"""An exact instant of a clock, with its zone: when a machine did something, never when it is said to have happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _l

from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.fields import Asking, Field, Typed

ZONES = ("UTC", "Europe/Kyiv", "Europe/Moscow", "Europe/Berlin", "Asia/Tbilisi", "Asia/Yerevan")


@dataclass(frozen=True, kw_only=True)
class Instant(Field):
    """A date and time to the second; an offset in it counts more than the zone beside it."""

    template: str = "kinds/instant.html"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the time and of its zone."""
        return (self.name, f"{self.name}-zone")

    def state(self, typed: Typed, asking: Asking) -> datetime | None:  # noqa: ARG002 - as every field
        """Return the instant; refuses one whose zone is not known."""
        text = typed.get(self.name, "").strip()
        if not text:
            self._nothing()
            return None
        zone = typed.get(f"{self.name}-zone", "").strip()
        try:
            moment = datetime.fromisoformat(text.replace(" ", "T", 1))
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise InvalidInput(
                str(_l("%(what)s: this is not a time of a clock with its zone.", what=self.label)),
                advice=str(
                    _l(
                        "Write it as 2026-03-31 14:30:00 with a zone such as Europe/Kyiv,"
                        " or as 2026-03-31T14:30:00+02:00."
                    )
                ),
            ) from error

    def show(self, value: Any) -> dict[str, str]:
        """Return the instant in UTC, as it is stored."""
        if not isinstance(value, datetime):
            return {self.name: "", f"{self.name}-zone": "UTC" if self.required else ""}
        # Whole, with what is below a second: what is shown is stated again when something else is corrected.
        text = value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        return {self.name: text, f"{self.name}-zone": "UTC"}

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:  # noqa: ARG002 - as every field
        """Return the zones that are suggested."""
        return [(zone, zone) for zone in ZONES]
