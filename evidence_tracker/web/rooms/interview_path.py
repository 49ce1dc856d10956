"""The guided path of an interview: one decision a screen, and what is checked before it is refused."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.kinds import Action
from evidence_tracker.web.paths import path
from evidence_tracker.web.rooms.interview_standing import STEPS, Ways, standing, states_of
from evidence_tracker.web.rooms.interview_steps import MAKERS, light


def data_of(acts: Sequence[Action]) -> Callable[[Session, Interview, Actor], dict[str, Any]]:
    """Return the question for the path of an interview whose room has these acts on the record."""

    def data(session: Session, row: Interview, actor: Actor) -> dict[str, Any]:
        at = standing(session, row, actor, Ways(session, row, actor, acts))
        states = states_of(at)
        asked = request.args.get("step", "")
        here = next((name for name, state in states.items() if state in {"here", "stopped"}), "evaluation")
        chosen = asked if asked in STEPS else here
        steps = [
            MAKERS[name](at, states[name]) if name == chosen else light(name, states[name], at)
            for name in STEPS
        ]
        return {**path(steps), "step": steps[list(STEPS).index(chosen)], "at": at, "chip": at.chip}

    return data
