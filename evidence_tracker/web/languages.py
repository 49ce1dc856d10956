"""In which language a page is: as the account chose, else as the browser asks, else English."""

import gettext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from babel.support import Translations
from flask import Flask, current_app, g, request
from flask_babel import Babel, refresh

from evidence_tracker.errors import InvalidInput

SOURCE = "en"
DOMAIN = "messages"
INSTALLED = "evidence_tracker.languages"


@dataclass(frozen=True)
class Language:
    """A language that the pages can be in. ``is_draft``: nobody who speaks it has checked it yet."""

    code: str
    name: str
    is_draft: bool = False

    @property
    def tag(self) -> str:
        """Return the code as pages and browsers write it: ``pt_BR`` → pt-BR."""
        return self.code.replace("_", "-")


def install(app: Flask) -> None:
    """Let every page be in one of the languages that have a catalogue."""
    Babel(app, locale_selector=_wanted)
    app.extensions[INSTALLED] = found(Path(app.root_path) / "translations")

    @app.context_processor
    def _language() -> dict[str, Any]:
        return {"language": current().tag}


def found(folder: Path) -> dict[str, Language]:
    """Return English, and each language of which there is a catalogue that can be read."""
    languages = {SOURCE: Language(SOURCE, _name(SOURCE))}
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
        code = path.parts[-3]
        catalogue = gettext.translation(DOMAIN, folder, [code], class_=Translations)
        languages[code] = Language(code, _name(code), "draft" in catalogue.info().get("language-team", ""))
    return languages


def installed() -> dict[str, Language]:
    """Return the languages of this application by their codes, English first."""
    return current_app.extensions[INSTALLED]  # type: ignore[no-any-return] # it holds anything


def current() -> Language:
    """Return the language of the page that is being made."""
    known = installed()
    if (own := chosen()) is not None:
        return own
    asked = request.accept_languages.best_match([one.tag for one in known.values()], SOURCE)
    return known[asked.replace("-", "_")]


def chosen() -> Language | None:
    """Return the language that whoever is signed in chose; None: none, or one that is gone again."""
    return installed().get(g.get("language") or "")


def choose(code: str) -> str | None:
    """Take a language for what is left of this request, and return what to keep; empty: as the browser asks."""
    if code and code not in installed():
        raise InvalidInput("The pages are not in that language.", advice="Choose one of the list.")
    g.language = code or None
    refresh()
    return g.language  # type: ignore[no-any-return] # g holds anything


def _wanted() -> str:
    return current().code


def _name(code: str) -> str:
    name = Locale.parse(code).get_display_name() or code
    return name[:1].upper() + name[1:]
