"""Serving one installation with gunicorn: one process, which holds the keys, and threads."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from werkzeug.middleware.proxy_fix import ProxyFix

from evidence_tracker.jobs.promised import JOBS
from evidence_tracker.keys.unlockers import Unlocker
from evidence_tracker.web import create_app, door, logs
from evidence_tracker.web.house import House
from evidence_tracker.web.worker import WORKER, Worker

STOPS_WITHIN_S = 10
KEEP_ALIVE_S = 15
#: A worker that does not answer for so long is replaced; its threads may work longer.
LONGEST_LINE = 8190  # an address may name two hundred marked records
SILENT_FOR_S = 120


class Words(Logger):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn's own words, without addresses: an address holds references."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Write where an error arose, not what it said."""
        del msg, args, kwargs
        self.error_log.error("a request failed: %s", logs.told(sys.exc_info()[1]))


class Serving(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """The application of one installation, made in the one process that serves it."""

    def __init__(self, make: Callable[[], Flask], *, bind: str, threads: int, behind_proxy: bool) -> None:
        self._make = make
        self._bind, self._threads, self._behind_proxy = bind, threads, behind_proxy
        self._app: Flask | None = None
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn needs to know; nothing is read from files or the environment."""
        wanted = {
            "bind": [self._bind],
            "workers": 1,  # the keys live in one process, and so do the works in progress
            "worker_class": "gthread",
            "threads": self._threads,
            "timeout": SILENT_FOR_S,
            "graceful_timeout": STOPS_WITHIN_S,
            "keepalive": KEEP_ALIVE_S,
            "limit_request_line": LONGEST_LINE,
            "preload_app": False,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "logger_class": Words,
            "control_socket_disable": True,
            # Whatever else listens on this machine must not be able to say that its requests were encrypted.
            "forwarded_allow_ips": "",
            "worker_exit": self._left,
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application, in the process that serves it."""
        self._app = self._make()
        if self._behind_proxy:
            self._app.wsgi_app = ProxyFix(self._app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign] # as Flask documents it
        return self._app

    def _left(self, _server: Any, _worker: Any) -> None:
        """End in order: the job that runs, then the keys."""
        if self._app is not None:
            self._app.extensions[WORKER].stop()
            self._app.extensions[door.HOUSE].lock()


def run(path: Path, unlocker: Unlocker | None, *, bind: str, threads: int, behind_proxy: bool) -> None:
    """Serve the installation in ``path`` until a signal; locked, unless there is an unlocker."""

    def make() -> Flask:
        logs.write_to_stderr()
        house = House(path)
        if unlocker is not None:
            house.unlock(unlocker)
        app = create_app(house)
        worker = Worker(house, JOBS)
        app.extensions[WORKER] = worker
        worker.start()
        logging.getLogger("evidence_tracker").info(
            "serving a %s instance, %s", house.kind, "open" if house.is_open else "locked"
        )
        return app

    Serving(make, bind=bind, threads=threads, behind_proxy=behind_proxy).run()
