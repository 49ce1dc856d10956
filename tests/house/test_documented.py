"""What is public is documented: in the source by docstrings, on the command line by help and by a page.

The prose is held to the program too: a command or an option that README.md or docs/ show must exist.
"""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from evidence_tracker import cli
from tests.house.reading import ROOT, lines, modules, own_files

REFERENCE = ROOT / "docs" / "reference" / "cli.md"

# Alembic names these functions; the docstring of the module says why the revision is there.
EXEMPT = "migrations/"


def test_everything_public_has_a_docstring():
    offenders = [
        f"{name}: {thing}"
        for name, tree in modules().items()
        if not name.startswith(EXEMPT)
        for thing in undocumented(tree)
    ]

    assert not offenders, lines(offenders)


def test_a_missing_docstring_is_seen():
    tree = ast.parse(
        '"""M."""\nclass A:\n  """A."""\n  def b(self): ...\n  def _c(self): ...\ndef d(): ...\n'
    )

    assert undocumented(tree) == ["d", "A.b"]


def test_every_command_and_option_has_its_help():
    offenders = [name for name, command in commands().items() if not command.help]
    offenders += [
        f"{name} {option.opts[0]}"
        for name, command in commands().items()
        for option in own_options(command)
        if not option.help
    ]

    assert not offenders, lines(offenders)


def test_every_command_and_option_stands_in_the_reference():
    sections = reference_sections()
    offenders = [name for name in commands() if name not in sections]
    offenders += [
        f"{name} {option.opts[0]}"
        for name, command in commands().items()
        for option in own_options(command)
        if option.opts[0] not in sections.get(name, option.opts[0])
    ]
    offenders += [name for name in shared_options() if name not in REFERENCE.read_text("utf-8")]

    assert not offenders, lines(offenders)


def test_the_reference_has_no_command_that_is_gone():
    assert sorted(set(reference_sections()) - set(commands()) - set(groups())) == []


def test_the_commands_that_the_prose_shows_exist():
    offenders = [
        f"{page.relative_to(ROOT)}: {line}"
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
        for line in shown_commands(page.read_text("utf-8"))
        if not exists(line)
    ]

    assert not offenders, lines(offenders)


def test_a_shown_command_is_read_from_its_block():
    page = (
        "```sh\n$ evidence-tracker a b \\\n    --c D  # why\n"
        ".venv/bin/evidence-tracker e\n```\nevidence-tracker prose\n"
    )

    assert list(shown_commands(page)) == ["a b --c D", "e"]


def undocumented(tree: ast.Module) -> list[str]:
    """Return what is public in a module and has no docstring: module, functions, classes, methods."""
    missing = [] if ast.get_docstring(tree) else ["the module"]
    places: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    for prefix, place in places:
        for node in place.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_") or is_repeated(node):
                continue
            if not ast.get_docstring(node):
                missing.append(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                places.append((f"{node.name}.", node))
    return missing


def is_repeated(node: ast.AST) -> bool:
    """Say whether the docstring stands elsewhere: at the property, the implementation, the parent."""
    written = [ast.unparse(decorator) for decorator in getattr(node, "decorator_list", [])]
    return any(
        name.endswith((".setter", ".expression", ".comparator", "overload", "override")) for name in written
    )


@cache
def program() -> click.Group:
    """Return the command line itself."""
    return cli.main_group


def walk(group: click.Group, path: str = "evidence-tracker") -> Iterator[tuple[str, click.Command]]:
    """Yield every group and command below ``group`` with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{path} {name} is listed and is not there"
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from walk(command, f"{path} {name}")


def commands() -> dict[str, click.Command]:
    """Return the commands that do something, by full name."""
    return {name: command for name, command in walk(program()) if not isinstance(command, click.Group)}


def groups() -> dict[str, click.Command]:
    """Return the groups of commands, by full name."""
    return {name: command for name, command in walk(program()) if isinstance(command, click.Group)}


def reference_sections() -> dict[str, str]:
    """Return the text below each heading of the reference that names a command."""
    text = REFERENCE.read_text("utf-8")
    parts = re.split(r"^#+ +`?(evidence-tracker [a-z -]+?)`?\s*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def shown_commands(page: str) -> Iterator[str]:
    """Yield the command lines in the fenced blocks of a page, without the program's name."""
    for block in re.findall(r"^ *```(?:sh|bash|console)\n(.*?)^ *```", page, flags=re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            shown = re.match(r"^\s*(?:\$ )?(?:\.venv/bin/)?evidence-tracker\s+(.*)$", line)
            if shown:
                yield " ".join(shlex.split(shown[1], comments=True))


def exists(line: str) -> bool:
    """Say whether a shown command line names a command, and only options that the command has."""
    place: click.Command = program()
    known = options_of(place)
    for word in line.split(" "):
        if place.context_settings.get("ignore_unknown_options"):
            return True  # its words go to another program: verify
        if word.startswith("-"):
            if word.split("=")[0] not in known:
                return False
        elif isinstance(place, click.Group):
            found = place.get_command(click.Context(place), word)
            if found is None:
                return False
            place = found
            known |= options_of(place)
    return not isinstance(place, click.Group) or "--help" in line


def shared_options() -> set[str]:
    """Return the options that every command takes; the reference says them once."""
    return {option.opts[0] for option in program().params}


def own_options(command: click.Command) -> list[click.Option]:
    """Return the options that belong to this command alone."""
    options = [option for option in command.params if isinstance(option, click.Option)]
    return [option for option in options if option.opts[0] not in shared_options()]


def options_of(command: click.Command) -> set[str]:
    """Return every spelling of every option of a command."""
    spelled = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    return spelled | {"--help"}


def test_the_pages_of_the_documentation_are_reachable_from_its_index():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    folders_listed_whole = {"decisions"}
    offenders = [
        path
        for path in (
            page.relative_to(ROOT / "docs").as_posix() for page in sorted((ROOT / "docs").rglob("*.md"))
        )
        if path != "README.md" and path not in index and Path(path).parts[0] not in folders_listed_whole
    ]

    assert not offenders, lines(offenders)


def test_no_link_between_pages_is_dead():
    pages = [path for path in own_files() if path.suffix == ".md"]
    offenders = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]

    assert not offenders, lines(offenders)
