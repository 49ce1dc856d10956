"""What the child gives up before it reads a stranger's bytes.

Two steps: ``give_up_rights`` once, when the parsers are loaded; ``close_in`` in each
worker. After the second a parser that was taken over can compute and answer, and
nothing else: it cannot open a file, a socket or a program, and cannot signal others.

Sources: seccomp(2), prctl(2), unshare(2); the numbers are of the kernel's
``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h``.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from contextlib import suppress
from pathlib import Path

NOBODY = 65_534
NEW_USERS, NEW_NETWORK = 0x10000000, 0x40000000
SET_DUMPABLE, SET_SECCOMP, SET_NO_NEW_PRIVILEGES, FILTER_MODE = 4, 22, 38, 2

# Memory, clocks, signals to itself, and the pipe that is open: nothing else is needed to parse.
CALLS = {
    "x86_64": (
        "read 0 write 1 close 3 lseek 8 munmap 11 brk 12 rt_sigaction 13 rt_sigprocmask 14 rt_sigreturn 15 "
        "readv 19 writev 20 sched_yield 24 mremap 25 madvise 28 nanosleep 35 getpid 39 exit 60 "
        "gettimeofday 96 getrusage 98 sysinfo 99 times 100 sigaltstack 131 gettid 186 time 201 futex 202 "
        "sched_getaffinity 204 restart_syscall 219 clock_gettime 228 clock_getres 229 clock_nanosleep 230 "
        "exit_group 231 getcpu 309 getrandom 318 membarrier 324 rseq 334"
    ),
    "aarch64": (
        "close 57 lseek 62 read 63 write 64 readv 65 writev 66 exit 93 exit_group 94 futex 98 nanosleep 101 "
        "clock_gettime 113 clock_getres 114 clock_nanosleep 115 sched_getaffinity 123 sched_yield 124 "
        "restart_syscall 128 sigaltstack 132 rt_sigaction 134 rt_sigprocmask 135 rt_sigreturn 139 times 153 "
        "getrusage 165 getcpu 168 gettimeofday 169 getpid 172 gettid 178 sysinfo 179 brk 214 munmap 215 "
        "mremap 216 madvise 233 getrandom 278 membarrier 283 rseq 293"
    ),
}
AUDIT_NUMBERS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# mmap and mprotect: allowed unless they ask for memory that can be executed.
MAPPING_CALLS = {"x86_64": (9, 10), "aarch64": (222, 226)}
EXECUTABLE = 4

LOAD, JUMP_IF_EQUAL, JUMP_IF_ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refuse = EPERM
NUMBER_AT, MACHINE_AT, THIRD_ARGUMENT_AT = 0, 4, 32


def give_up_rights() -> dict[str, bool]:
    """Give up network, user and the way back; return which of these the system let us."""
    network = _own_network()
    user = _become_nobody()
    _control(SET_NO_NEW_PRIVILEGES, 1)
    _control(SET_DUMPABLE, 0)
    return {"network": network, "user": user}


def close_in(memory_mb: int, cpu_seconds: int) -> dict[str, bool]:
    """Limit this process for good; return which limits the system enforces."""
    memory = _limit_memory(memory_mb * 1024 * 1024)
    for kind, limit in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 4),
    ):
        resource.setrlimit(kind, (limit, limit))
    return {"memory": memory, "system_calls": _refuse_system_calls()}


def _limit_memory(more: int) -> bool:
    """Allow ``more`` bytes beyond what the loaded parsers take already."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):  # no /proc, or macOS, which knows the limit but refuses to set it
        return False
    return True


def _own_network() -> bool:
    """Move into an empty network: as root, or as root of a user namespace of our own."""
    if sys.platform != "linux":
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return bool(unshare(NEW_NETWORK) == 0 or unshare(NEW_USERS | NEW_NETWORK) == 0)


def _become_nobody() -> bool:
    if os.geteuid() != 0:
        return False
    with suppress(OSError):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    return os.geteuid() == NOBODY


def _control(option: int, first: int, second: int = 0) -> bool:
    if sys.platform != "linux":
        return False
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return bool(prctl(option, first, second, 0, 0) == 0)


def _refuse_system_calls() -> bool:
    """Install the filter; nothing can take it away again."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in CALLS:
        return False
    program = _program(machine)
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(code)))
    return _control(SET_SECCOMP, FILTER_MODE, ctypes.addressof(header))


def _program(machine: str) -> bytes:
    """Return the filter: the allowed calls pass, executable memory and the rest answer EPERM."""
    allowed = sorted(int(word) for word in CALLS[machine].split() if word.isdecimal())
    mapping = MAPPING_CALLS[machine]
    to_refuse = len(allowed) + len(mapping)
    steps = [
        (LOAD, 0, 0, MACHINE_AT),
        (JUMP_IF_EQUAL, 1, 0, AUDIT_NUMBERS[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT),
        *[(JUMP_IF_EQUAL, to_refuse - step, 0, call) for step, call in enumerate(allowed)],
        *[(JUMP_IF_EQUAL, len(mapping) - step + 1, 0, call) for step, call in enumerate(mapping)],
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, THIRD_ARGUMENT_AT),
        (JUMP_IF_ANY_BIT, 0, 1, EXECUTABLE),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
