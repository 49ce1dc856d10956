"""A guided path: steps with their state, one decision a screen, and each refusal with who can lift it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flask import request

from evidence_tracker.web.kinds import Label

StepState = Literal["done", "here", "stopped", "later"]
GateState = Literal["passed", "refused", "waiting"]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What is checked before a step: shown before it is refused, with who can lift it and how."""

    says: Label
    state: GateState
    advice: Label = ""
    where: Label = ""
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Way:
    """Something to do in a step: its label and the address of its form."""

    label: Label
    url: str
    is_main: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a path; ``template`` shows what is special about it, with ``data``."""

    name: str
    title: Label
    state: StepState
    note: Label = ""
    says: Label = ""
    gates: Sequence[Gate] = ()
    ways: Sequence[Way] = ()
    template: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def path(steps: Sequence[Step]) -> dict[str, Any]:
    """Return what ``kinds/path.html`` shows: all steps, and the one that was asked for, else where one is."""
    asked = request.args.get("step", "")
    here = next((step for step in steps if step.name == asked), None)
    if here is None:
        here = next((step for step in steps if step.state in {"here", "stopped"}), steps[-1])
    return {"steps": list(steps), "step": here}
