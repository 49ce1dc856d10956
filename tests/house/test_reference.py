"""The made parts of the documentation are what the source says, and keys point only downwards."""

import importlib.util
import re
from dataclasses import fields
from types import ModuleType

import click
import pytest

from evidence_tracker import errors, settings, tables
from evidence_tracker.casework.submissions.gates import GateCode
from evidence_tracker.db import Base
from tests.house.reading import ROOT, lines


def load() -> ModuleType:
    """Return ``docs/make_reference.py`` as a module; docs/ is no package."""
    path = ROOT / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_reference = load()


def test_the_made_parts_are_up_to_date():
    stale = [
        f"{path.relative_to(ROOT)}: run .venv/bin/python docs/make_reference.py"
        for path, text in make_reference.made_pages().items()
        if path.read_text("utf-8") != text
    ]

    assert not stale, lines(stale)


def test_every_table_is_in_the_data_model_and_no_other():
    made = make_reference.data_model()

    assert {name for name in Base.metadata.tables if f"| `{name}` |" not in made} == set()
    assert set(make_reference.HOMES) == set(Base.metadata.tables)


def test_every_explained_argument_is_one():
    used = {
        item.name
        for _name, command in make_reference.walk(make_reference.cli.main_group)
        for item in command.params
        if isinstance(item, click.Argument)
    }

    assert set(make_reference.ARGUMENTS) - used == set()


def test_a_foreign_key_points_to_the_ground_or_to_an_earlier_room():
    order: dict[str, int] = {}
    for place, module in enumerate((*tables.GROUND, *tables.ROOMS)):
        ground = module in tables.GROUND
        order |= {model.__table__.name: -1 if ground else place for model in make_reference.models_of(module)}
    offenders = [
        f"{table.name}.{key.parent.name} -> {key.column.table.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if order[key.column.table.name] > order[table.name]
    ]

    assert not offenders, lines(offenders)


def test_a_page_without_its_markers_is_refused():
    with pytest.raises(LookupError, match="no place"):
        make_reference.with_part("# A page\n", "nouns", "text")


def test_a_made_part_is_replaced_and_the_rest_is_kept():
    begin = make_reference.BEGIN.format(name="nouns")
    page = f"before\n{begin}\nold\n{make_reference.END}\nafter\n"

    made = make_reference.with_part(page, "nouns", "new\n")

    assert made == f"before\n{begin}\n\nnew\n\n{make_reference.END}\nafter\n"
    assert make_reference.with_part(made, "nouns", "new\n") == made


def test_every_kind_of_refusal_is_explained():
    kinds = [errors.EvidenceTrackerError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    page = (ROOT / "docs" / "reference" / "exit-statuses.md").read_text("utf-8")
    # Forms of the web face have one of their own, which no program ever hears of.
    told = [kind for kind in kinds[1:] if not kind.__module__.startswith("evidence_tracker.web.")]

    assert [kind.__name__ for kind in told if f"`{kind.__name__}`" not in page] == []


def test_every_setting_and_variable_is_explained():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    names = [field.name for field in fields(settings.Settings) if field.name not in {"path", "passphrase"}]
    names += [value for name, value in vars(settings).items() if name.endswith("_VARIABLE")]

    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_tests_that_the_threat_model_names_exist():
    page = (ROOT / "docs" / "explanation" / "threat-model.md").read_text("utf-8")
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", page)
    gone = [
        f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ]

    assert len(named) > 40
    assert not gone, lines(gone)


def test_every_gate_of_a_submission_is_explained():
    page = (ROOT / "docs" / "explanation" / "data-model" / "submissions.md").read_text("utf-8")
    asked = {gate for gate in GateCode if gate is not GateCode.JURISDICTION}  # nothing asks it yet

    assert [gate.value for gate in asked if f"`{gate.value}`" not in page] == []
