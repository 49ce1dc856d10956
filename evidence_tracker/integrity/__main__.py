"""``python -m evidence_tracker.integrity BUNDLE``: the offline verifier.

No network, no database, no account. Exit status: 0 intact and from the key given, 1 something is
wrong, 2 wrong usage or nothing to check, 3 intact but no key was given.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .bundle import verify_bundle
from .report import Report, Status, shown

_MAX_KEY_FILE = 4096


def main(argv: Sequence[str] | None = None) -> int:
    """Verify one bundle, print the report, and return the exit status."""
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except SystemExit as end:  # argparse ends the process; a caller in this process wants the status
        return end.code if isinstance(end.code, int) else Status.UNREADABLE
    try:
        vkey = _key(options.key)
    except (OSError, ValueError):
        sys.stderr.write(f"The key file {shown(options.key[1:])} cannot be read.\n")
        return Status.UNREADABLE
    report = verify_bundle(options.bundle, vkey=vkey, receipt=options.receipt)
    _show(report, as_json=options.json)
    return report.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evidence_tracker.integrity",
        description="Check a bundle of evidence offline. Says what each check proves and what it does not.",
        epilog="Exit status: 0 intact and from the key given; 1 something is wrong;"
        " 2 wrong usage, or nothing to check; 3 intact, but no key was given.",
    )
    parser.add_argument(
        "bundle", type=Path, metavar="BUNDLE", help="the ZIP file, or the folder it was unpacked into"
    )
    parser.add_argument(
        "--key",
        metavar="VKEY|@FILE",
        help="the log key as it reached you by another way, or a file that holds it",
    )
    parser.add_argument(
        "--receipt", type=Path, metavar="FILE", help="the receipt (default: NAME.receipt beside the bundle)"
    )
    parser.add_argument("--json", action="store_true", help="print the report for a machine")
    return parser


def _key(option: str | None) -> str | None:
    """Return the key given on the command line or in a file, without the white space around it."""
    if option is None or not option.startswith("@"):
        return option and option.strip()
    with Path(option[1:]).open(encoding="utf-8") as source:
        return source.read(_MAX_KEY_FILE).strip()


def _show(report: Report, *, as_json: bool) -> None:
    text = json.dumps(report.to_json(), indent=2) + "\n" if as_json else report.text()
    # A terminal that cannot show a character gets it spelt out; the report is more than its letters.
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding), end="")


if __name__ == "__main__":
    sys.exit(main())
