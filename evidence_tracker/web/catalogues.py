"""Compile the translations for the pages: each messages.po becomes a messages.mo, which is not in git.

Started by its path, with nothing of ours imported: dev.py does so before it starts the web face,
hatch_build.py loads it before it packs a wheel.
"""

from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parent / "translations"


def stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """Return every catalogue that was changed since it was compiled, or never was."""
    return [
        path for path in sorted(folder.glob("*/LC_MESSAGES/*.po")) if not _is_newer(_compiled(path), path)
    ]


def compile_stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """Compile what has to be, file by file, and return it; a server that is running finds the old or the new."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - asking what is stale needs no library
    from babel.messages.pofile import read_po  # noqa: PLC0415 - and packing may have none

    made = stale(folder)
    for path in made:
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3], abort_invalid=True)
        beside = path.with_suffix(".mo.new")
        with beside.open("wb") as target:
            write_mo(target, catalogue)
        beside.replace(_compiled(path))
    return made


def _compiled(path: Path) -> Path:
    return path.with_suffix(".mo")


def _is_newer(made: Path, source: Path) -> bool:
    return made.is_file() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns


if __name__ == "__main__":
    compile_stale()
