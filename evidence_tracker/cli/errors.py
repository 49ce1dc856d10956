"""The end of every command: whatever goes wrong becomes a sentence, its advice and an exit status.

This is the last resort of the door: nothing that happens inside ends in a traceback, which would
show a stranger's eyes what stands in the records.
"""

import json
import traceback
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from evidence_tracker.errors import Defect, EvidenceTrackerError, IntegrityFailure, SystemRefused
from evidence_tracker.integrity.faults import IntegrityFault

EXIT_FAILED = 1
EXIT_USAGE = 2
PACKAGE = Path(__file__).parents[1]


def answer(run: Callable[[], object], *, asked_json: bool) -> int:
    """Run a command and return its exit status: 0, 1 (refused, verification failed), 2 (usage) or 3."""
    try:
        result = run()
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE if isinstance(error, click.UsageError) else EXIT_FAILED
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was saved.", err=True)
        return EXIT_FAILED
    except Exception as error:  # noqa: BLE001 - the last resort of this door
        return _failed(as_sentence(error), asked_json=asked_json)
    return result if isinstance(result, int) else 0


def as_sentence(error: Exception) -> EvidenceTrackerError:
    """Return the error as one that says what happened and what to do next."""
    if isinstance(error, EvidenceTrackerError):
        return error
    if isinstance(error, IntegrityFault):
        return IntegrityFailure(str(error))
    if isinstance(error, DBAPIError):
        # Never str(error): it repeats the statement with the values of the record.
        return SystemRefused(f"The database refused: {error.orig}.")
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return SystemRefused(f"The system refused: {what}{error.strerror or error}.")
    return Defect(f"The program met a {type(error).__name__} that it does not foresee, {place_of(error)}.")


def place_of(error: Exception) -> str:
    """Return where in the program an error arose; the values at that place are not told."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    if not own:
        return "outside of its own lines"
    return f"in {Path(own[-1].filename).relative_to(PACKAGE).as_posix()}, line {own[-1].lineno}"


def _failed(error: EvidenceTrackerError, *, asked_json: bool) -> int:
    if asked_json:
        said = {"error": str(error), "kind": type(error).__name__, "advice": error.advice}
        click.echo(_printable(json.dumps(said, ensure_ascii=False)))
    prefix = "INTEGRITY FAILURE: " if isinstance(error, IntegrityFailure) else ""
    click.echo(_printable(f"{prefix}{error}\n{error.advice}"), err=True)
    return EXIT_FAILED


def _printable(text: str) -> str:
    """Return the text with what no terminal can be sent spelt out (bytes of names that are no text)."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
