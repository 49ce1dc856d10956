"""The real child with questions that no file would ask: what can a parser do that was taken over?

Only tests start it; the child of the package does not know these operations.
"""

# The calls an attacker makes are made as an attacker makes them.
# ruff: noqa: PTH102, PTH104, PTH108, PTH208, S108, S606

import ctypes
import errno
import json
import mmap
import os
import resource
import socket
from collections.abc import Callable

from evidence_tracker.sandbox import child

LIBC = ctypes.CDLL(None, use_errno=True)


def system_call(number, *arguments):
    if LIBC.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "refused")


def executable(_address=None):
    page = mmap.mmap(-1, mmap.PAGESIZE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if LIBC.mprotect(ctypes.c_void_p(address), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC) == -1:
        raise OSError(ctypes.get_errno(), "refused")


ATTEMPTS: dict[str, Callable[[], object]] = {
    "socket": socket.socket,
    "socketpair": socket.socketpair,
    "connect": lambda: system_call(42, 3, 0, 0),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "start a process": os.fork,
    "start a thread": lambda: system_call(56, 0x10F00, 0, 0, 0, 0),
    "make a file": lambda: os.open("/tmp/planted", os.O_WRONLY | os.O_CREAT),
    "write to a file": lambda: os.open("/etc/passwd", os.O_WRONLY),
    "read a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "list a folder": lambda: os.listdir("/"),
    "remove a file": lambda: os.unlink("/tmp/planted"),
    "rename a file": lambda: os.rename("/tmp/planted", "/tmp/other"),
    "make a folder": lambda: os.mkdir("/tmp/planted"),
    "make a file in memory": lambda: os.memfd_create("planted"),
    "make a pipe": os.pipe,
    "signal a process": lambda: os.kill(os.getpid(), 0),
    "trace a process": lambda: system_call(101, 16, 1, 0, 0),
    "read another's memory": lambda: system_call(310, 1, 0, 0, 0, 0, 0),
    "raise its limits": lambda: resource.setrlimit(resource.RLIMIT_CPU, (100_000, 100_000)),
    "change user": lambda: os.setuid(0),
    "leave its namespaces": lambda: system_call(272, 0x10000000),
    "use io_uring": lambda: system_call(425, 8, 0),
    "load code as data": executable,
    "map code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "call by the x32 numbers": lambda: system_call(0x40000000 + 41, 2, 1, 0),
    "take the filter off": lambda: LIBC.prctl(22, 0, 0, 0, 0) and system_call(157, 22, 0, 0),
}


def attempt(content, _media_type):
    try:
        ATTEMPTS[content.getvalue().decode()]()
    except OSError as error:
        return {"errno": errno.errorcode[error.errno or 0]}, b""
    except ValueError as error:  # what the module resource makes of EPERM
        return {"errno": "EPERM" if "not allowed" in str(error) else str(error)}, b""
    return {"errno": "none: it was allowed"}, b""


def allocate(content, _media_type):
    return {"taken": len(bytearray(int(content.getvalue())))}, b""


def spin(_content, _media_type):
    while True:
        pass


def crash(_content, _media_type):
    ctypes.string_at(0)


def leave(_content, _media_type):
    os._exit(0)


def unforeseen(_content, _media_type):
    raise KeyboardInterrupt


def lie(content, _media_type, **_how):
    """Answer exactly what the test wants a parser under a stranger's control to answer."""
    said = json.loads(content.getvalue())
    return said["answer"], bytes.fromhex(said.get("hex", "")) or ("x" * said.get("body", 0)).encode()


def babble(content, _media_type):
    """Write raw bytes where the answer is expected."""
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, content.getvalue())
        except OSError:
            continue
    os._exit(0)


def environment(_content, _media_type):
    return {"environment": dict(os.environ), "user": os.environ.get("USER", "")}, b""


def descriptors(_content, _media_type):
    """Count the descriptors on which something can be read or written."""
    found = []
    for descriptor in range(64):
        try:
            os.lseek(descriptor, 0, os.SEEK_CUR)
            found.append(descriptor)
        except OSError as error:
            if error.errno != errno.EBADF:
                found.append(descriptor)
    return {"open": found}, b""


PROBES = (attempt, allocate, spin, crash, leave, unforeseen, lie, babble, environment, descriptors)


def main(settings):
    extra = {probe.__name__: probe for probe in PROBES}
    child.main(settings, extra | {"examine": lie, "text": lie, "strip": lie, "draw": lie, "read": lie})
