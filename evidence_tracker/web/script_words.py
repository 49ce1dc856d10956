"""What the islands of script say, in the language of the page: the layout hands it to them.

The names and the English are those of ``frontend/js/words.js``; a test holds the two together.
"""

import re

from flask_babel import lazy_gettext as _l

_CAPITAL = re.compile("[A-Z]")

WORDS = {
    "keeping": _l("keeping…"),
    "kept": _l("kept at {time}"),
    "notKept": _l("not kept: no connection"),
    "notKeptSignedOut": _l("not kept: you are signed out. Sign in in another tab, then type on."),
    "notKeptRefused": _l("not kept: the server refused it ({status})"),
    "faded": _l("hidden again"),
    "copied": _l("copied"),
    "notCopied": _l("This browser does not allow copying: select the text instead."),
    "signedOut": _l("You are signed out. Sign in in another tab, then try again."),
    "forbidden": _l("You may not do that, or the page is too old. Load it again."),
    "failed": _l("That did not work ({status}). Nothing was changed on this page."),
    "uploadWaiting": _l("waiting"),
    "uploadSending": _l("{percent} %"),
    "uploadStoring": _l("being stored"),
    "uploadDone": _l("received"),
    "uploadFailed": _l("not received"),
    "uploadAgain": _l("Try again"),
    "uploadAgainAll": _l("Try the failed ones again"),
    "uploadSame": _l("The same bytes are here already: {reference}"),
    "uploadNoConnection": _l("The connection was lost. It is tried again when the server answers."),
    "uploadFacts": _l("What the form says could not be kept, so the file was not sent with it. Try again."),
    "uploadUnreadable": _l(
        "The file cannot be read. It may be a folder, or it was moved or changed since it was chosen."
    ),
    "uploadRefused": _l("The server did not take it ({status})."),
    "uploadTooLarge": _l("It is larger than this server takes in at once. Take it in on the command line."),
    "uploadMore": _l("{count} more waiting"),
    "uploadTotal": _l("{done} of {count} · {sent} of {size}"),
    "uploadSpeed": _l("{speed}/s · {left}"),
    "uploadFailures": _l("{count} not received"),
    "uploadFinished": _l("{done} received, {failed} not received."),
    "uploadListed": _l("{count} chosen a second time were left out."),
    "uploadNothing": _l("Nothing to take in was found in what was dropped."),
    "secondsLeft": _l("{n} s left"),
    "minutesLeft": _l("{n} min left"),
    "hoursLeft": _l("{n} h {m} min left"),
    "units": _l("B kB MB GB TB"),
    "keysTitle": _l("Keys"),
    "keysList": _l("In a list"),
    "keyDown": _l("next"),
    "keyUp": _l("previous"),
    "keyMark": _l("mark"),
    "keyBulk": _l("what to do with the marked ones"),
    "keyOpen": _l("open"),
    "keySearch": _l("search everywhere"),
    "keyNew": _l("something new"),
    "keyHelp": _l("this help"),
    "keyEscape": _l("close"),
    "close": _l("Close"),
}


def attributes() -> list[tuple[str, str]]:
    """Return the words as attributes of one element: ``notKept`` → ``data-not-kept``."""
    return [(f"data-{_CAPITAL.sub(_hyphened, name)}", str(said)) for name, said in WORDS.items()]


def _hyphened(capital: re.Match[str]) -> str:
    return f"-{capital[0].lower()}"
