"""Write the parts of the documentation that follow from the source, between their markers.

``.venv/bin/python docs/make_reference.py`` writes them; ``tests/house/test_reference.py`` fails where a
page differs from what would be written.

``docs/reference/cli.md``              every command, from the Click tree
``docs/explanation/data-model.md``     every noun, its keys and its compartment, from the models
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Table

from evidence_tracker import cli, tables
from evidence_tracker.access.models import Record
from evidence_tracker.db import Base, Evidential

DOCS = Path(__file__).parent
BEGIN = "<!-- made by docs/make_reference.py: {name} -->"
END = "<!-- end of what is made -->"
PROGRAM = "evidence-tracker"
# Every record has these; the page says so once.
OF_EVERY_RECORD = frozenset({"compartment_id", "owner_id", "recorded_by"})

#: What the arguments of commands are. One that is not here stops the script: nothing is left unexplained.
ARGUMENTS = {
    "age_recipients": "Public age keys of the party (`age1…`); none: the party has no key any more.",
    "arguments": "The bundle, as ZIP file or unpacked folder, and the options of the verifier.",
    "assessment_id": "Id of the assessment, as `capture assessments` lists it.",
    "bearer": "Reference of the unit, suspect or company.",
    "bearing_id": "Id of the bearing, as `allegation matrix` shows it.",
    "category": "Category, as `crime list` names it.",
    "code": "Code of the person (`PN-7KQ2MX`).",
    "competence_id": "Id of the competence, as `mission competence list` shows it.",
    "component_id": "Id of the part, as `exhibit remnant show` lists it.",
    "contact_id": "Id of the contact, as `mission contact list` shows it.",
    "element": "Number of the element in its category, from 1.",
    "epoch": "Number of the epoch of the log, from 1.",
    "evidence": "Reference of the exhibit, interview or capture.",
    "exhibit": "Reference of the exhibit.",
    "exhibit_reference": "Reference of the exhibit.",
    "file": "Path of the file.",
    "grant_id": "Id of the grant, as `grant list` shows it.",
    "identifier_id": "Id of the identifier, as `actor identifier list` shows it.",
    "incident": "Reference of the incident.",
    "index": "Place of the event in its epoch, from 0.",
    "item": "Reference of an exhibit, interview, incident or allegation, or code of a person.",
    "items": "References of exhibits, interviews, incidents, allegations; in an annex codes of persons.",
    "key": "Key of the package.",
    "link_id": "Id of the link.",
    "login": "Login of the account.",
    "name_id": "Id of the name, as `actor name list` shows it.",
    "naming_id": "Id of the naming of the suspect, as `allegation show` lists it.",
    "number": "Number of the entry, as its list shows it.",
    "observed": "What was observed, in words.",
    "parent_reference": "Reference of the unit above.",
    "party_reference": "Reference of the party.",
    "paths": "Files and folders.",
    "position": "Place of the holder in the chain, from 1.",
    "position_id": "Id of the post, as `actor suspect posts` lists it.",
    "remnant": "Reference of the remnant.",
    "remnant_reference": "Reference of the remnant.",
    "row_id": "Id of the link, as `incident show` lists it.",
    "status": "New status of the allegation.",
    "suspect": "Reference of the suspect.",
    "text": "The name, as it is written.",
    "title": "What is to be done, in one line.",
    "url": "Address of the page.",
    "value": "The number or handle.",
    "words_sought": "Words to look for.",
}
#: Arguments that mean something else in one command.
SPECIAL_ARGUMENTS = {
    ("exhibit seal", "number"): "Number on the seal.",
    ("submission remove", "number"): "Number of the item in the submission (`EX-0001`).",
    ("compartment add", "reference"): "Reference of the new compartment.",
}
#: Whose reference REFERENCE is, where the noun of the command does not say it.
REFERENCES = {
    "actor show": "unit, suspect or company",
    "actor name": "unit, suspect or company",
    "actor identifier": "unit, suspect or company",
    "actor company": "company",
    "actor suspect": "suspect",
    "actor unit": "unit",
    "exhibit remnant": "remnant",
    "mission device add": "mission",
    "mission device list": "mission",
    "mission device": "device",
    "party agreement": "agreement",
    "party instruction": "instruction",
}

#: In which compartment the rows of a table live. One that is not here stops the script.
_OF_EXHIBIT, _OF_INCIDENT, _OF_ALLEGATION = "of its exhibit", "of its incident", "of its allegation"
_OF_PERSON, _OF_MISSION, _OF_INTERVIEW = "of its person", "of its mission", "of its interview"
_OF_CAPTURE, _OF_BUNDLE, _OF_SUBMISSION = "of its capture", "of its bundle", "of its submission"
_ORGANISATION, _STATED = "of the organisation", "of its mission, or the one named"
_OR_ORGANISATION, _NONE = "the one named, else of the organisation", "none"
HOMES = {
    "compartment_key": "it is the key of one",
    "blob": "its own; bytes are never shared across",
    "blob_check": "that of the blob",
    "log_epoch": _NONE,
    "custody_event": "of its subject's key",
    "log_node": _NONE,
    "subject_key": "its own",
    "checkpoint": _NONE,
    "compartment": "itself",
    "account": _ORGANISATION,
    "access_grant": "the one it opens",
    "profile": _ORGANISATION,
    "reference_counter": _NONE,
    "access_entry": "none; its batches are sealed in that of the organisation",
    "draft": "of what it is a draft of",
    "web_session": _NONE,
    "invitation": _NONE,
    "second_factor": _NONE,
    "preference": _NONE,
    "saved_view": _NONE,
    "search_entry": "of its record",
    "notice": "none; it is shown to who may read its record",
    "task": "of the record it is about, else the one named or of the organisation",
    "promise": _NONE,
    "party": _ORGANISATION,
    "agreement": _ORGANISATION,
    "agreement_party": "of its agreement",
    "instruction": _ORGANISATION,
    "mission": "its own, opened with it",
    "mission_member": _OF_MISSION,
    "competence": _ORGANISATION,
    "mission_partner": _OF_MISSION,
    "mission_contact": _OF_MISSION,
    "deconfliction_note": _OF_MISSION,
    "security_plan": _OF_MISSION,
    "mission_log_entry": _OF_MISSION,
    "device": _OF_MISSION,
    "debrief": _OF_MISSION,
    "unit": _OR_ORGANISATION,
    "unit_parent": "of the lower unit",
    "suspect": _OR_ORGANISATION,
    "position": "of its suspect",
    "company": _OR_ORGANISATION,
    "actor_name": "of its bearer",
    "actor_identifier": "of its bearer",
    "person": "of its mission, or the one named",
    "identity_field": _OF_PERSON,
    "threat_assessment": _OF_PERSON,
    "protection_incident": _OF_PERSON,
    "referral": _OF_PERSON,
    "person_actor_link": _OF_PERSON,
    "exhibit": _STATED,
    "exhibit_digest": _OF_EXHIBIT,
    "provenance_step": _OF_EXHIBIT,
    "exhibit_person": _OF_EXHIBIT,
    "exhibit_metadata": _OF_EXHIBIT,
    "physical_item": _OF_EXHIBIT,
    "item_photo": "of its thing",
    "seal": _OF_EXHIBIT,
    "transfer": _OF_EXHIBIT,
    "remnant": _OF_EXHIBIT,
    "component": "of its remnant",
    "consent_event": _OF_PERSON,
    "interview": _STATED,
    "interview_present": _OF_INTERVIEW,
    "interview_person": _OF_INTERVIEW,
    "interview_exhibit": _OF_INTERVIEW,
    "interview_exception": _OF_INTERVIEW,
    "interview_expense": _OF_INTERVIEW,
    "interview_question": _OF_INTERVIEW,
    "answer_translation": "of its question",
    "account_translation": _OF_INTERVIEW,
    "interview_correction": _OF_INTERVIEW,
    "interview_evaluation": _OF_INTERVIEW,
    "prior_account": _OF_INTERVIEW,
    "capture": _STATED,
    "capture_file": _OF_CAPTURE,
    "availability_check": _OF_CAPTURE,
    "verification_assessment": "of what is assessed",
    "incident": _STATED,
    "casualty": _OF_INCIDENT,
    "incident_person": _OF_INCIDENT,
    "incident_actor": _OF_INCIDENT,
    "incident_remnant": _OF_INCIDENT,
    "evidence_link": _OF_INCIDENT,
    "allegation": _OF_INCIDENT,
    "allegation_suspect": _OF_ALLEGATION,
    "bearing": _OF_ALLEGATION,
    "element_finding": _OF_ALLEGATION,
    "submission": "the one named",
    "submission_item": _OF_SUBMISSION,
    "approval": _OF_SUBMISSION,
    "bundle": _OF_SUBMISSION,
    "disclosure": _OF_BUNDLE,
    "receipt": _OF_BUNDLE,
}

#: The word that stands for an option's value, by Click's name of its type.
VALUES = {
    "choice": "WORD",
    "directory": "PATH",
    "file": "PATH",
    "integer": "NUMBER",
    "integer range": "NUMBER",
    "path": "PATH",
    "uuid": "ID",
}


# ------------------------------------------------------------------------------ the command line


def walk(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every group and command below ``group``, named without the program."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            raise LookupError(f"{path} {name} is listed and is not there")
        full = f"{path} {name}".strip()
        yield full, command
        if isinstance(command, click.Group):
            yield from walk(command, full)


def command_line() -> str:
    """Return the reference of all commands."""
    shared = [option for option in cli.main_group.params if isinstance(option, click.Option)]
    lines = ["## Options of every command", "", *option_table(shared), ""]
    taken = {option.opts[0] for option in shared}
    for name, command in walk(cli.main_group):
        depth = "##" if " " not in name else "###"
        lines += [f"{depth} {PROGRAM} {name}", "", *paragraphs(command.help or ""), ""]
        if not isinstance(command, click.Group):
            lines += usage(name, command, taken)
    return "\n".join(lines).rstrip() + "\n"


def usage(name: str, command: click.Command, shared: set[str]) -> list[str]:
    """Return how a command is written, its arguments and its own options."""
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    options = [item for item in command.params if isinstance(item, click.Option)]
    own = [option for option in options if option.opts[0] not in shared]
    words = [PROGRAM, name, *(placeholder(item) for item in arguments), *(["[OPTIONS]"] if own else [])]
    lines = ["```text", " ".join(words), "```", ""]
    if arguments:
        rows = [f"| `{placeholder(item)}` | {explained(name, item)} |" for item in arguments]
        lines += ["| Argument | |", "|---|---|", *rows, ""]
    if own:
        lines += [*option_table(own), ""]
    return lines


def placeholder(argument: click.Argument) -> str:
    """Return how an argument stands in the usage line."""
    if argument.metavar and " " in argument.metavar:
        return argument.metavar
    word = (argument.metavar or argument.name or "").upper() + ("…" if argument.nargs == -1 else "")
    return word if argument.required else f"[{word}]"


def explained(command: str, argument: click.Argument) -> str:
    """Say what an argument is; raises LookupError where nobody has said it."""
    name = argument.name or ""
    said = SPECIAL_ARGUMENTS.get((command, name)) or ARGUMENTS.get(name)
    if said is None and name in {"reference", "references"}:
        said = f"{'Reference' if name == 'reference' else 'References'} of the {whose(command)}."
    if said is None:
        raise LookupError(f"Say in docs/make_reference.py what {name} of '{command}' is.")
    if isinstance(argument.type, click.Choice):
        said += f" {choices(argument)}"
    return said


def whose(command: str) -> str:
    """Return whose reference a command takes: of its noun, unless stated otherwise."""
    words = command.split()
    for length in range(len(words), 0, -1):
        if (found := REFERENCES.get(" ".join(words[:length]))) is not None:
            return found
    return words[0]


def option_table(options: list[click.Option]) -> list[str]:
    """Return options as a table: how each is written, and what it does."""
    return ["| Option | |", "|---|---|", *(f"| {spelled(option)} | {told(option)} |" for option in options)]


def spelled(option: click.Option) -> str:
    """Return every spelling of an option with what follows it."""
    names = "`, `".join(option.opts)
    if option.secondary_opts:
        names += "` / `" + "`, `".join(option.secondary_opts)
    return f"`{names}`" if option.is_flag else f"`{names} {value_name(option)}`"


def value_name(option: click.Option) -> str:
    """Return the word that stands for an option's value."""
    if option.metavar:
        return option.metavar
    return VALUES.get(option.type.name, "TEXT")


def told(option: click.Option) -> str:
    """Return what an option does, with what it takes, whether it must be given, and what holds without."""
    parts = [" ".join((option.help or "").split())]
    if isinstance(option.type, click.Choice):
        parts.append(choices(option))
    if option.required:
        parts.append("Required.")
    if option.multiple:
        parts.append("May be given several times.")
    if option.show_default and option.default is not None:
        parts.append(f"Without it: {option.default}.")
    return " ".join(parts).replace("|", "\\|")


def choices(parameter: click.Parameter) -> str:
    """Return the words that a parameter takes."""
    return f"One of: {', '.join(f'`{word}`' for word in parameter.type.choices)}."  # type: ignore[attr-defined]


def paragraphs(text: str) -> list[str]:
    """Return help text as lines of Markdown, each paragraph on one line."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).split("\n")


# ------------------------------------------------------------------------------ the data model


def data_model() -> str:
    """Return every noun by room, from the ground up: table, log, compartment, foreign keys."""
    lines = []
    for module in (*tables.GROUND, *tables.ROOMS):
        models, room = models_of(module), room_of(module)
        page = room if module in tables.ROOMS else "ground"
        lines += [f"### {room.capitalize()}", "", f"[What the columns mean](data-model/{page}.md)", ""]
        lines += ["| Noun | Table | In the log | Compartment | Foreign keys |"]
        lines += ["|---|---|---|---|---|", *(row_of(model) for model in models), ""]
    return "\n".join(lines).rstrip() + "\n"


def room_of(module: Any) -> str:
    """Return the name of a module's room, or of its part of the ground."""
    parts = str(module.__name__).split(".")[1:]
    return parts[1] if parts[0] == "casework" else parts[0]


def models_of(module: Any) -> list[Any]:
    """Return the mapped nouns of a room in the order of its source; a room may split its models."""
    package = str(module.__name__).rpartition(".models")[0] or str(module.__name__)
    mappers = [mapper.class_ for mapper in Base.registry.mappers]
    found = [model for model in mappers if model.__module__.startswith(package)]
    return sorted(
        found, key=lambda model: (model.__module__ != module.__name__, list(HOMES).index(name_of(model)))
    )


def name_of(model: Any) -> str:
    """Return a noun's table; raises LookupError where nobody has said where its rows live."""
    name = str(model.__tablename__)
    if name not in HOMES:
        raise LookupError(f"Say in docs/make_reference.py in which compartment the rows of {name} live.")
    return name


def row_of(model: Any) -> str:
    """Return the line of one noun."""
    table: Table = model.__table__
    hidden = OF_EVERY_RECORD if issubclass(model, Record) else frozenset()
    keys = [
        f"`{key.parent.name}` → {key.column.table.name}"
        for column in table.columns
        for key in column.foreign_keys
        if column.name not in hidden
    ]
    logged = "each version" if issubclass(model, Evidential) else "no"
    return f"| {model.__name__} | `{table.name}` | {logged} | {HOMES[name_of(model)]} | {', '.join(keys) or '–'} |"


# ------------------------------------------------------------------------------ the pages

PARTS = {
    "reference/cli.md": ("commands", command_line),
    "explanation/data-model.md": ("nouns", data_model),
}


def with_part(page: str, name: str, text: str) -> str:
    """Return a page with the made part of that name replaced."""
    begin = BEGIN.format(name=name)
    before, found, rest = page.partition(begin)
    _old, found_end, after = rest.partition(END)
    if not found or not found_end:
        raise LookupError(f"The page has no place for {name!r}: put {begin} and {END} where it belongs.")
    return f"{before}{begin}\n\n{text}\n{END}{after}"


def made_pages() -> dict[Path, str]:
    """Return every page that has a made part, as it should be."""
    return {
        DOCS / path: with_part((DOCS / path).read_text("utf-8"), name, make())
        for path, (name, make) in PARTS.items()
    }


def main() -> None:
    """Write the pages."""
    for path, text in made_pages().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
