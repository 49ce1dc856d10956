"""The facts that are stated about evidence items, as fields of forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from evidence_tracker.access import stated
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind, Retention, SourceKind
from evidence_tracker.casework.exhibits.particulars import KNOWN
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.db import as_json
from evidence_tracker.values.moment import Moment
from evidence_tracker.web import fields
from evidence_tracker.web.fields import (
    Asking,
    Field,
    Lines,
    Long,
    Made,
    Number,
    Text,
    Tick,
    Typed,
    When,
    Where,
    Word,
    YesNo,
)
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.words import column

_ORIGIN = _l("Where it comes from")
_MADE = _l("How it was made")
_WHAT = _l("What it is")
_KEEPING = _l("Keeping")


def language(name: str = "language", **more: Any) -> Made:
    """Return the field for the language of some content."""
    label = more.pop("label", _l("Language of its content"))
    return Made(
        name=name,
        label=label,
        help=_l("A tag: uk, ru, kk-Cyrl."),
        reading=lambda text, _asking: stated.language(text, str(label)),
        **more,
    )


ORIGIN: tuple[Field, ...] = (
    Word(name="source_kind", label=_l("Kind of source"), enum=SourceKind, group=_ORIGIN),
    Text(
        name="received_from",
        label=_l("Handed over by"),
        help=_l("A code or an organisation, no name of a person."),
        group=_ORIGIN,
    ),
    When(name="collected", label=_l("Collected"), group=_ORIGIN),
    Text(name="collected_by", label=_l("Collected by"), help=_l("A code or a login."), group=_ORIGIN),
    Where(name="place", label=_l("Place"), group=_ORIGIN),
    Text(name="method", label=_l("How it was collected"), group=_ORIGIN),
)
DEVICE: tuple[Field, ...] = (
    Text(name="device", label=_l("Device"), group=_MADE),
    Number(
        name="device_clock_offset_s",
        label=_l("Seconds that its clock was ahead"),
        help=_l("Negative where it was behind."),
        least=None,
        group=_MADE,
    ),
    language(group=_MADE),
)
WORDS: tuple[Field, ...] = (
    Text(
        name="title",
        label=_l("Title"),
        help=_l("Neutral, without names: titles go out. Left empty, it is the kind."),
        group=_WHAT,
    ),
    Long(name="description", label=_l("What it is"), rows=3, group=_WHAT),
    Tick(name="is_graphic", label=_l("It shows what may disturb"), group=_WHAT),
)
KEEPING: tuple[Field, ...] = (
    Word(name="retention", label=_l("How long it is kept"), enum=Retention, group=_KEEPING),
    Long(name="admissibility_notes", label=_l("Notes on its admissibility"), rows=2, group=_KEEPING),
)
KIND = Word(
    name="kind",
    label=_l("Kind"),
    help=_l("Left empty, it follows from the bytes."),
    enum=ExhibitKind,
    only=tuple(kind for kind in ExhibitKind if kind is not ExhibitKind.PHYSICAL),
    group=_WHAT,
)
SOURCE = asked.person(
    name="source",
    label=_l("The source, if a person (code)"),
    help=_l("Nothing leaves this house without that person's consent."),
    group=_ORIGIN,
)

_FIELD_OF: Mapping[Any, type[Field]] = {str: Text, int: Number, bool: YesNo, Moment: When, list[str]: Lines}


@dataclass(frozen=True, kw_only=True)
class Particulars(Field):
    """What is stated of one kind of item only, each fact in a field of its own."""

    kind: ExhibitKind
    widget: str = "boxes"
    template: str = "rooms/evidence_particulars.html"

    @property
    def inner(self) -> tuple[Field, ...]:
        """Return the fields."""
        return tuple(
            _FIELD_OF[hint](name=f"{self.name}-{name}", label=column(name))
            for name, hint in KNOWN[self.kind].items()
        )

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of all inputs."""
        return tuple(part for one in self.inner for part in one.parts)

    def state(self, typed: Typed, asking: Asking) -> dict[str, Any]:
        """Return what was stated, as it is stored."""
        values = {one.name.removeprefix(f"{self.name}-"): one.state(typed, asking) for one in self.inner}
        return {name: as_json(value) for name, value in values.items() if value not in (None, [])}

    def show(self, value: Any) -> dict[str, str]:
        """Return the words of each fact."""
        shown: dict[str, str] = {}
        for one in self.inner:
            kept = (value or {}).get(one.name.removeprefix(f"{self.name}-"))
            shown |= one.show(Moment.from_json(kept) if isinstance(one, When) and kept else kept)
        return shown


def of_one(row: Exhibit) -> Sequence[Field]:
    """Return the facts that can be changed of an item that is here."""
    particulars = Particulars(
        name="particulars",
        label=_l("Particulars"),
        kind=row.kind,
        group=_l("Particulars of this kind of item"),
    )
    return (
        Text(
            name="title", label=_l("Title"), help=_l("Neutral, without names: titles go out."), required=True
        ),
        *WORDS[1:],
        *ORIGIN,
        *DEVICE,
        *((particulars,) if KNOWN[row.kind] else ()),
        *KEEPING,
        fields.level(required=True, group=_l("Protection and lawfulness")),
        *fields.governance()[1:],
    )


def rules(mission: Mission | None, facts: dict[str, Any]) -> Governance:
    """Take level, purpose and legal basis out of stated facts; what was not stated is the mission's."""
    base = Governance() if mission is None else Governance.of(mission)
    told = {name: facts.pop(name, None) for name in ("level", "purpose", "legal_basis")}
    return Governance(
        told["level"] or base.level, told["purpose"] or base.purpose, told["legal_basis"] or base.legal_basis
    )
