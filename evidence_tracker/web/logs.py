"""What the process says of its work: method, rule of the address, status, time; never a reference or a name.

An address holds references, a message of an error may hold what stands in a record. So neither is written:
of an address the rule that it matched, of an error its kind and the lines of the program it went through.
"""

import logging
import time
import traceback
from types import TracebackType

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue

LOGGER = logging.getLogger("evidence_tracker.web")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Application(Flask):
    """Flask, which keeps what it knows of an error to itself."""

    def log_exception(self, exc_info: ExcInfo) -> None:
        """Write the kind of an error and where it arose; not its words."""
        LOGGER.error("%s %s failed: %s", request.method, rule(), told(exc_info[1]))


def install(app: Flask) -> None:
    """Write one line for each request."""
    app.before_request(_begin)
    app.after_request(_end)


def write_to_stderr() -> None:
    """Write the lines of this program to standard error, for the journal of the machine."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    ours = logging.getLogger("evidence_tracker")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False


def rule() -> str:
    """Return the rule that the address of this request matched, ``/missions/<reference>``."""
    return request.url_rule.rule if request.url_rule is not None else "(no such page)"


def told(error: BaseException | None) -> str:
    """Return the kind of an error and the lines it went through, without its words."""
    if error is None:
        return "unknown"
    places = (f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
    return f"{type(error).__name__} through {' '.join(places)}"


def _begin() -> ResponseReturnValue | None:
    g.began = time.perf_counter()
    return None


def _end(response: Response) -> Response:
    if request.endpoint not in {"static", "health.show"}:
        took_ms = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        LOGGER.info("%s %s %s %.0f ms", request.method, rule(), response.status_code, took_ms)
    return response
