"""What was made of blobs for looking at, kept in memory for a while and never anywhere else.

A gallery asks for the same small pictures again and again, and to draw one costs a process and
a decryption. Whoever takes something out has asked the policy before.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

MOST_BYTES = 64 * 1024 * 1024
MOST_THINGS = 10_000
#: What a thing takes beside its content.
OVERHEAD = 1_000

Made = TypeVar("Made")


class Kept:
    """The things that were used last, up to a number of bytes; safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._things: OrderedDict[Hashable, tuple[Any, int, float]] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def get(
        self,
        key: Hashable,
        make: Callable[[], Made],
        *,
        size_of: Callable[[Made], int],
        lasts_s: Callable[[Made], float] = lambda _made: math.inf,
    ) -> Made:
        """Return what is kept under ``key``, or make it and keep it for ``lasts_s`` seconds.

        ``size_of`` is in bytes; what is larger than an eighth of all is not kept. Two that ask at once
        may both make it.
        """
        with self._lock:
            found, _size, until = self._things.get(key, (None, 0, -math.inf))
            if time.monotonic() < until:
                self._things.move_to_end(key)
                kept: Made = found
                return kept
        made = make()
        self._keep(key, made, size_of(made) + OVERHEAD, time.monotonic() + lasts_s(made))
        return made

    def _keep(self, key: Hashable, made: object, size: int, until: float) -> None:
        if size > self._most // 8:
            return
        with self._lock:
            self.size += size - self._things.pop(key, (None, 0, 0.0))[1]
            self._things[key] = made, size, until
            while self.size > self._most or len(self._things) > MOST_THINGS:
                _key, (_made, freed, _until) = self._things.popitem(last=False)
                self.size -= freed

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._things.clear()
            self.size = 0
