"""What an incident is asked: what is said to have happened, and the facts that attack crimes need."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.casework.actors.models import Company, Confidence, Suspect, Unit
from evidence_tracker.casework.actors.queries import find_actor
from evidence_tracker.casework.exhibits.models import Remnant
from evidence_tracker.casework.exhibits.queries import find_remnant
from evidence_tracker.casework.incidents.evidence import Cited, recent_evidence
from evidence_tracker.casework.incidents.models import (
    ActorRole,
    Answer,
    CasualtyAge,
    CasualtyCategory,
    Harm,
    Incident,
    IncidentKind,
    IncidentRole,
    Sex,
    Stance,
    TargetStatus,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.web.citing import MOST, Cites, passage
from evidence_tracker.web.fields import Asking, Field, Long, Number, Ref, Text, When, Where, Word
from evidence_tracker.web.kinds import Facts
from evidence_tracker.web.rooms import asked

_ATTACK = _l("What the crimes of attack ask for")
#: The columns of an attack, in the order in which they are asked and shown.
ATTACK_NAMES = (
    "target_object",
    "target_status",
    "military_presence",
    "warning_given",
    "undefended_status",
    "weapon_system",
    "launch_direction",
    "damage",
    "reverberating_effects",
    "advantage_notes",
)


def _of_attack(kind: type[Any], name: str, label: Any, **more: Any) -> Any:
    return kind(name=name, label=label, group=_ATTACK, is_folded=True, **more)


HAPPENED: tuple[Field, ...] = (
    Text(
        name="title",
        label=_l("Title"),
        help=_l("Neutral: what and where, no names of persons and no crimes."),
        required=True,
    ),
    Word(name="kind", label=_l("What sort of thing"), enum=IncidentKind, required=True),
    When(
        name="occurred",
        label=_l("When"),
        help=_l("No more exact than it is known."),
        required=True,
    ),
    Where(name="place", label=_l("Where")),
    Long(
        name="narrative",
        label=_l("What is said to have happened"),
        help=_l("Facts, no law."),
        required=True,
        rows=8,
    ),
    Long(name="basis", label=_l("How it is known"), required=True, rows=2),
)
ATTACK: tuple[Field, ...] = (
    _of_attack(Text, "target_object", _l("What was hit")),
    _of_attack(
        Word,
        "target_status",
        _l("What it was at the time"),
        enum=TargetStatus,
        source="Elements of Crimes, article 8(2)(b)(ii)",
    ),
    _of_attack(Long, "military_presence", _l("Military presence nearby"), rows=2),
    _of_attack(Word, "warning_given", _l("Was a warning given?"), enum=Answer),
    _of_attack(
        Word,
        "undefended_status",
        _l("Was the place undefended?"),
        enum=Answer,
        source="Elements of Crimes, article 8(2)(b)(v)",
    ),
    _of_attack(Text, "weapon_system", _l("Weapon, as far as it is known")),
    _of_attack(Text, "launch_direction", _l("From where it came")),
    _of_attack(Long, "damage", _l("Damage"), rows=2),
    _of_attack(Long, "reverberating_effects", _l("What followed from the damage"), rows=2),
    _of_attack(
        Long,
        "advantage_notes",
        _l("Military advantage that could be expected"),
        help=_l("As far as open sources show it."),
        source="Elements of Crimes, article 8(2)(b)(iv)",
        rows=2,
    ),
)


def is_attack(row: Incident) -> bool:
    """Say whether the facts of an attack belong to an incident, or some of them were stated."""
    kinds = {IncidentKind.ATTACK, IncidentKind.DESTRUCTION}
    return row.kind in kinds or any(getattr(row, name) is not None for name in ATTACK_NAMES)


FACTS = (
    Facts(
        title=_l("What is said to have happened"),
        names=("kind", "happened", "place", "narrative", "basis", "mission"),
    ),
    Facts(title=_ATTACK, names=ATTACK_NAMES, when=is_attack),
)


def mission_field() -> Ref:
    """Return the field for the mission that an incident comes from."""
    return asked.ref(
        "mission",
        _l("Mission it comes from"),
        Mission,
        lambda row: row.title,
        help=_l("Not stated: that of the compartment, where it has one."),
    )


CASUALTIES: tuple[Field, ...] = (
    Word(name="harm", label=_l("What became of them"), enum=Harm, required=True),
    Number(name="count_min", label=_l("At least"), required=True),
    Number(
        name="count_max",
        label=_l("At most"),
        help=_l("Nothing where the source gives no upper bound."),
    ),
    Word(name="category", label=_l("What they were at the time"), enum=CasualtyCategory),
    Word(name="sex", label=_l("Sex"), enum=Sex),
    Word(name="age_band", label=_l("Age"), enum=CasualtyAge),
    Text(name="basis", label=_l("Which source counts so"), required=True),
)


def _at_hand(asking: Asking) -> list[Cited]:
    # What lies where the incident lies comes first: one cites what one has just taken in.
    def newest(compartment_id: UUID | None) -> list[Cited]:
        return list(
            recent_evidence(asking.session, actor=asking.actor, compartment_id=compartment_id, limit=MOST)
        )

    return newest(asking.row.compartment_id) or newest(None)


def asserted_by(name: str = "asserted_by") -> Text:
    """Return the field for who says so."""
    return Text(name=name, label=_l("Who says so"), help=_l("Nothing: you."))


SHOWN: tuple[Field, ...] = (
    Cites(name="evidence", label=_l("Evidence"), among=_at_hand, required=True),
    passage(),
    Long(name="shows", label=_l("What the passage shows"), required=True, rows=3),
    Word(
        name="stance",
        label=_l("What it does to the recorded facts"),
        help=_l("What contradicts is recorded like what supports."),
        enum=Stance,
        widget="radio",
        required=True,
    ),
    asserted_by(),
)
PERSON: tuple[Field, ...] = (
    asked.person(required=True),
    Word(name="role", label=_l("What the person is to the incident"), enum=IncidentRole, required=True),
    Text(name="note", label=_l("Note"), help=_l("No name.")),
)


def _actors(asking: Asking) -> list[tuple[str, Any]]:
    kinds = (Unit, Suspect, Company)
    return [
        one for kind in kinds for one in asked.recent(kind, lambda row: row.name_latin or row.name)(asking)
    ]


def _find_bearer(session: Session, reference: str, /, *, actor: Any) -> Any:
    return find_actor(session, reference.upper(), actor=actor)


def _find_remnant(session: Session, reference: str, /, *, actor: Any) -> Any:
    return find_remnant(session, reference.upper(), actor=actor)


ACTOR: tuple[Field, ...] = (
    Ref(
        name="bearer",
        label=_l("Unit, suspect or company (reference)"),
        find=_find_bearer,
        suggestions=_actors,
        required=True,
    ),
    Word(name="role", label=_l("What they are said to have done"), enum=ActorRole, required=True),
    Word(name="confidence", label=_l("How well that is supported"), enum=Confidence, required=True),
    Text(name="basis", label=_l("On what it rests"), required=True),
    asserted_by(),
)
REMNANT: tuple[Field, ...] = (
    Ref(
        name="remnant",
        label=_l("Remains (reference)"),
        find=_find_remnant,
        suggestions=asked.recent(Remnant, lambda row: row.munition or ""),
        required=True,
    ),
    Long(name="attribution", label=_l("Why they belong to this incident"), required=True, rows=3),
)
