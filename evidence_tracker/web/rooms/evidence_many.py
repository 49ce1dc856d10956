"""What can be done to many marked evidence items at once."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from evidence_tracker.casework.exhibits.many import OF_MANY, amend_exhibits
from evidence_tracker.casework.incidents.links import link_many
from evidence_tracker.casework.incidents.models import Incident, Stance
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.fields import Field, Long, Word, governance
from evidence_tracker.web.kinds import Bulk, Many
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.evidence_facts import DEVICE, KEEPING, ORIGIN
from evidence_tracker.web.rooms.incident_facts import asserted_by

#: Admissibility is judged item by item; everything else that is asked of one can be asked of many.
_STATED: tuple[Field, ...] = tuple(
    one
    for one in (*ORIGIN, *DEVICE, *KEEPING, *governance())
    if one.name in OF_MANY and one.name != "admissibility_notes"
)


def _amend(many: Many) -> Sequence[Any]:
    changes = {name: value for name, value in many.stated.items() if value is not None}
    if not changes:
        raise InvalidInput(
            str(_l("Nothing is stated, so nothing would change.")),
            advice=str(_l("Fill in what is to be the same for all of them.")),
        )
    return amend_exhibits(many.session, many.rows, changes, actor=many.actor, expected_versions=many.versions)


def _graphic(*, is_graphic: bool) -> Callable[[Many], Sequence[Any]]:
    def run(many: Many) -> Sequence[Any]:
        changes = {"is_graphic": is_graphic}
        return amend_exhibits(
            many.session, many.rows, changes, actor=many.actor, expected_versions=many.versions
        )

    return run


def _link(many: Many) -> Sequence[Any]:
    stated = dict(many.stated)
    return link_many(
        many.session,
        stated.pop("incident"),
        many.rows,
        actor=many.actor,
        expected_versions=many.versions,
        **stated,
    )


BULK = (
    Bulk(
        name="amend",
        label=_l("Change what is stated"),
        icon="pencil",
        says=lambda count: ngettext(
            "What you fill in will be stated of %(num)s evidence item; what you leave empty stays as it is.",
            "What you fill in will be stated of %(num)s evidence items; what you leave empty stays as it is.",
            count,
        ),
        becomes=_l("will be changed"),
        done=lambda count: ngettext(
            "%(num)s evidence item was changed, and its custody log says so.",
            "%(num)s evidence items were changed, and the custody log of each says so.",
            count,
        ),
        run=_amend,
        fields=_STATED,
    ),
    Bulk(
        name="graphic",
        label=_l("Set as graphic"),
        icon="eye-off",
        says=lambda count: ngettext(
            "%(num)s evidence item will be marked graphic: blurred and muted until somebody asks to see it.",
            "%(num)s evidence items will be marked graphic: blurred and muted until somebody asks to see them.",
            count,
        ),
        becomes=_l("will be graphic"),
        done=lambda count: ngettext(
            "%(num)s evidence item is marked graphic now.",
            "%(num)s evidence items are marked graphic now.",
            count,
        ),
        run=_graphic(is_graphic=True),
        is_so=lambda row: row.is_graphic,
        so=_l("graphic already"),
    ),
    Bulk(
        name="not-graphic",
        label=_l("Set as not graphic"),
        icon="eye",
        says=lambda count: ngettext(
            "%(num)s evidence item will be shown at once to whoever opens it.",
            "%(num)s evidence items will be shown at once to whoever opens them.",
            count,
        ),
        becomes=_l("will be shown at once"),
        done=lambda count: ngettext(
            "%(num)s evidence item is not marked graphic any more.",
            "%(num)s evidence items are not marked graphic any more.",
            count,
        ),
        run=_graphic(is_graphic=False),
        is_so=lambda row: not row.is_graphic,
        so=_l("not graphic"),
    ),
    Bulk(
        name="link",
        label=_l("Cite for an incident"),
        icon="link",
        says=lambda count: ngettext(
            "%(num)s evidence item will be cited for the incident, as a whole.",
            "%(num)s evidence items will be cited for the incident, each as a whole.",
            count,
        ),
        becomes=_l("will be cited"),
        done=lambda count: ngettext(
            "%(num)s evidence item is cited for the incident now.",
            "%(num)s evidence items are cited for the incident now.",
            count,
        ),
        run=_link,
        fields=(
            asked.ref("incident", _l("Incident"), Incident, lambda row: row.title, required=True),
            Long(name="shows", label=_l("What they show"), required=True, rows=3),
            Word(
                name="stance",
                label=_l("What it does to the recorded facts"),
                help=_l("What contradicts is recorded like what supports."),
                enum=Stance,
                widget="radio",
                required=True,
            ),
            asserted_by(),
        ),
        help=_l("One sentence for all of them. A passage is cited one by one, at the incident."),
        is_of_each=False,
    ),
)
