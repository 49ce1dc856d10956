"""What is stated of a capture, field by field, in the groups in which a collector knows it."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from evidence_tracker.casework.osint.models import CaptureMethod, CaptureOutcome, ControlLevel, Egress
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.fields import (
    Asking,
    Field,
    Lines,
    Long,
    Made,
    Number,
    Text,
    Tick,
    When,
    Word,
)
from evidence_tracker.web.instants import Instant

_WHAT = _l("What was captured, and how it went")
_HOW = _l("By whom, with what, why it was lawful")
_POST = _l("What the platform and others say of it")
_MACHINE = _l("The capturing machine, and the way out of it")
_SERVER = _l("What the server answered")
_BROWSER = _l("The browser and what it loaded")
_EVERY_LINE = _l("One a line, whole, beginning with https:// or http://.")


def _options(text: str, _asking: Asking) -> dict[str, Any]:
    """Return options from JSON, or from lines of ``name=value``."""
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except ValueError as error:
            raise InvalidInput(
                gettext("The options cannot be read."), advice=gettext("Write name=value, one a line.")
            ) from error
        return dict(found)
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    if any(not separator for _, separator, _ in pairs):
        raise InvalidInput(
            gettext("The options cannot be read."), advice=gettext("Write name=value, one a line.")
        )
    return {name.strip(): value.strip() for name, _, value in pairs}


def _as_lines(options: Mapping[str, Any]) -> str:
    if all(isinstance(value, str) for value in options.values()):
        return "\n".join(f"{name}={value}" for name, value in options.items())
    return json.dumps(options, ensure_ascii=False)


class Options(Made):
    """The options of a tool; nothing typed is no options, which is not the same as not stated."""

    def state(self, typed: Mapping[str, str], asking: Asking) -> dict[str, Any]:
        """Return the options."""
        return super().state(typed, asking) or {}


class Addresses(Lines):
    """Addresses, one a line; nothing typed is none of them."""

    def state(self, typed: Mapping[str, str], asking: Asking) -> list[Any]:
        """Return the addresses."""
        return super().state(typed, asking) or []


FACTS: tuple[Field, ...] = (
    Text(
        name="url_requested",
        label=_l("Address, as it was entered"),
        required=True,
        help=_l("Whole, beginning with https:// or http://, without names or passwords."),
        group=_WHAT,
    ),
    Text(
        name="title",
        label=_l("Neutral title"),
        help=_l("What it is, not what it proves. Left empty, the reference."),
        group=_WHAT,
    ),
    Instant(
        name="captured_at",
        label=_l("When it was captured, by the clock of that machine"),
        required=True,
        group=_WHAT,
    ),
    Word(name="method", label=_l("How it was captured"), enum=CaptureMethod, required=True, group=_WHAT),
    Word(
        name="control",
        label=_l("Who controlled the capturing machine"),
        enum=ControlLevel,
        required=True,
        help=_l("A page that was edited in a browser hashes just as well: so this is said of each capture."),
        group=_WHAT,
    ),
    Word(
        name="outcome",
        label=_l("How the attempt ended"),
        enum=CaptureOutcome,
        help=_l("Failed attempts are recorded too."),
        group=_WHAT,
    ),
    Text(name="outcome_note", label=_l("What went wrong, or is missing"), group=_WHAT),
    Text(
        name="collector",
        label=_l("Who captured it (code or login)"),
        required=True,
        default=lambda asking: asking.actor.login,
        group=_HOW,
    ),
    Text(name="tool", label=_l("Tool"), required=True, group=_HOW),
    Text(name="tool_version", label=_l("Version of the tool"), required=True, group=_HOW),
    Long(name="reason", label=_l("Why it was captured"), required=True, rows=2, group=_HOW),
    Long(
        name="legality_attestation",
        label=_l("Why the access was lawful and within the platform's rules"),
        required=True,
        rows=2,
        help=_l("No break-in, no false identity to get at what is not public."),
        group=_HOW,
    ),
    Text(name="discovery", label=_l("How it was found"), group=_HOW),
    Text(name="platform", label=_l("Platform"), group=_POST, is_folded=True),
    Text(name="platform_post_id", label=_l("The platform's own id of the post"), group=_POST),
    Text(name="uploader", label=_l("Uploading account, as shown"), group=_POST),
    Text(name="uploader_id", label=_l("Id of that account"), group=_POST),
    Text(name="uploader_url", label=_l("Address of that account"), group=_POST),
    When(name="uploaded", label=_l("Uploaded, as the platform says"), group=_POST),
    When(name="event_stated", label=_l("When the event is said to have been"), group=_POST),
    When(name="first_seen", label=_l("First seen online"), group=_POST),
    Text(name="first_seen_url", label=_l("Where it was first seen"), group=_POST),
    Addresses(name="archive_urls", label=_l("Copies in archives"), help=_EVERY_LINE, group=_POST),
    Text(name="language", label=_l("Language"), help=_l("A tag: uk, ru, crh-Latn."), group=_POST),
    Long(name="context_statement", label=_l("What somebody says of it"), rows=2, group=_POST),
    Text(name="context_source", label=_l("Who says that"), group=_POST),
    Tick(
        name="is_graphic", label=_l("It shows violence or the dead: blur it until somebody asks"), group=_POST
    ),
    Instant(name="requested_at", label=_l("When it was requested"), group=_MACHINE, is_folded=True),
    Text(name="clock_note", label=_l("How its clock was set"), group=_MACHINE),
    Number(
        name="clock_offset_ms", label=_l("Milliseconds that its clock was ahead"), least=None, group=_MACHINE
    ),
    Text(name="machine_note", label=_l("Which machine"), group=_MACHINE),
    Word(
        name="egress",
        label=_l("By which way the request left"),
        enum=Egress,
        help=_l("The target saw that address."),
        group=_MACHINE,
    ),
    Text(name="egress_ip", label=_l("Address that the target saw"), group=_MACHINE),
    Text(name="virtual_identity", label=_l("Virtual identity that was used (code)"), group=_MACHINE),
    Options(
        name="tool_options",
        label=_l("Options of the tool"),
        help=_l("name=value, one a line; or JSON."),
        widget="lines",
        reading=_options,
        showing=_as_lines,
        group=_MACHINE,
    ),
    Text(name="url_final", label=_l("Address at which it ended"), group=_SERVER, is_folded=True),
    Text(
        name="url_canonical",
        label=_l("Address by which captures are compared"),
        help=_l("Left empty, made from the address."),
        group=_SERVER,
    ),
    Addresses(name="redirects", label=_l("Addresses in between"), help=_EVERY_LINE, group=_SERVER),
    Number(name="http_status", label=_l("Status"), group=_SERVER),
    Text(name="server_ip", label=_l("Address of the server"), group=_SERVER),
    Text(name="certificate_note", label=_l("Its certificate"), group=_SERVER),
    Text(name="browser", label=_l("Browser"), group=_BROWSER, is_folded=True),
    Text(name="user_agent", label=_l("User agent"), group=_BROWSER),
    Text(name="viewport", label=_l("Size of the window"), group=_BROWSER),
    Text(name="locale", label=_l("Language of the browser"), group=_BROWSER),
    Text(name="time_zone", label=_l("Time zone of the browser"), group=_BROWSER),
    Number(name="resources_total", label=_l("Files that belong to the page"), group=_BROWSER),
    Number(name="resources_missing", label=_l("Of these missing"), group=_BROWSER),
)

#: What the columns of a capture are called, as the form calls them.
WORDS: dict[str, Any] = {one.name: one.label for one in FACTS} | {
    "captured_at": _l("Captured"),
    "requested_at": _l("Requested"),
    "url_requested": _l("Address"),
    "control": _l("Machine controlled by"),
    "collector": _l("Captured by"),
    "legality_attestation": _l("Lawful because"),
    "reason": _l("Why"),
    "method": _l("How"),
    "outcome": _l("Ended"),
    "uploaded": _l("Uploaded, by the platform"),
    "is_graphic": _l("Graphic"),
}
