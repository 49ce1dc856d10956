"""Work done beside the work: pieces of a stream are hashed, or written, while the next ones are read.

SHA-256 and SHA-512 cost more than all else that is done with the bytes of evidence, and neither can
be split; what can be done is to keep everything else out of their way.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

Piece = bytes | bytearray

HAND_ON = 1 << 20
SMALL = 1 << 14
IN_FLIGHT = 2


class Beside:
    """Gives pieces to ``take`` in their order, in a second thread; a context, which ends the thread.

    ``take`` gets the same bytes, not the same pieces: small ones are joined. At most about 3 MiB wait,
    beside the newest piece. Up to 1 MiB in all is taken by ``finish``, without a thread. What ``take``
    raises comes out of a later ``put`` or of ``finish``; without ``finish`` the rest may not be taken.
    """

    def __init__(self, take: Callable[[Piece], object]) -> None:
        self._take = take
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._gathered: list[Piece] = []
        self._size = 0
        self._handed: deque[Future[None]] = deque()

    def put(self, data: bytes) -> None:
        """Give ``data``; waits only if the second thread is far behind."""
        if len(data) >= SMALL:
            self._gathered.append(data)
        elif self._gathered and isinstance(last := self._gathered[-1], bytearray):
            last += data
        else:
            self._gathered.append(bytearray(data))
        self._size += len(data)
        if self._size >= HAND_ON:
            self._hand_on()

    def finish(self) -> None:
        """Return when everything was taken."""
        self._wait(0)
        self._take_all(self._gathered)
        self._gathered, self._size = [], 0

    def _hand_on(self) -> None:
        # To hand over costs about as much as to hash 64 KiB, so small pieces go together.
        self._wait(IN_FLIGHT - 1)
        self._handed.append(self._thread.submit(self._take_all, self._gathered))
        self._gathered, self._size = [], 0

    def _wait(self, until: int) -> None:
        while len(self._handed) > until:
            self._handed.popleft().result()

    def _take_all(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            self._take(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
