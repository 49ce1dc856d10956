"""Time, handed in: an instance has one clock, and tests have a frozen one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True)
class ClockState:
    """What the operating system says of its clock.

    ``synchronised`` is None where the system cannot tell; ``offset_ms`` is the
    estimated error in milliseconds, None where unknown.
    """

    synchronised: bool | None
    offset_ms: int | None = None


class Clock(Protocol):
    """A source of the present moment."""

    def now(self) -> datetime:
        """Return the present as an aware datetime in UTC."""

    def state(self) -> ClockState:
        """Return what is known of the clock's accuracy."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present as an aware datetime in UTC."""
        return datetime.now(UTC)

    def state(self) -> ClockState:
        """Return unknown: asking the time daemon is a matter of the host (docs/spec/custody-log.md)."""
        return ClockState(synchronised=None)


@dataclass
class FrozenClock:
    """A clock that stands still until it is moved; for tests and the demo's half-year."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self.at

    def state(self) -> ClockState:
        """Return unsynchronised, which is the truth."""
        return ClockState(synchronised=False)
