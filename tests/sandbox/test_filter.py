"""The filter of system calls, run as the kernel would run it, for machines that are not at hand too."""

import struct

import pytest

from evidence_tracker.sandbox.confinement import (
    ALLOW,
    AUDIT_NUMBERS,
    CALLS,
    KILL,
    MAPPING_CALLS,
    REFUSE,
    _program,
)

MACHINES = sorted(CALLS)


def run(machine, number, third_argument=0, audit_number=None):
    """Interpret the filter over one ``struct seccomp_data``; the four kinds of step it has, no others."""
    steps = list(struct.iter_unpack("HBBI", _program(machine)))
    data = struct.pack(
        "<IIQ6Q", number, audit_number or AUDIT_NUMBERS[machine], 0, 0, 0, third_argument, 0, 0, 0
    )
    value, at = 0, 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        if code == 0x20:
            value = struct.unpack_from("<I", data, operand)[0]
        elif code == 0x15:
            at += if_true if value == operand else if_false
        elif code == 0x45:
            at += if_true if value & operand else if_false
        else:
            assert code == 0x06
            return operand


def allowed(machine):
    return {int(word) for word in CALLS[machine].split() if word.isdecimal()}


@pytest.mark.parametrize("machine", MACHINES)
def test_only_the_listed_calls_pass(machine):
    for number in range(1_000):
        passes = number in allowed(machine) | set(MAPPING_CALLS[machine])
        assert run(machine, number) == (ALLOW if passes else REFUSE), number


@pytest.mark.parametrize("machine", MACHINES)
def test_memory_may_be_had_but_not_executed(machine):
    for number in MAPPING_CALLS[machine]:
        for protection in range(8):
            assert run(machine, number, protection) == (REFUSE if protection & 4 else ALLOW)


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_by_the_numbers_of_another_machine_end_the_process(machine):
    for other in (0x40000003, 0x40000028, 0):  # 32-bit x86, 32-bit ARM
        assert run(machine, 0, audit_number=other or 0xFFFFFFFF) == KILL


def test_calls_by_the_x32_numbers_are_refused():
    for number in range(600):
        assert run("x86_64", 0x40000000 + number) == REFUSE


@pytest.mark.parametrize("machine", MACHINES)
def test_each_name_stands_before_its_number(machine):
    words = CALLS[machine].split()
    assert all(
        name.isidentifier() and number.isdecimal()
        for name, number in zip(words[::2], words[1::2], strict=True)
    )
    assert len(set(words)) == len(words)
    assert not {"openat", "socket", "connect", "execve", "clone", "clone3", "ptrace", "kill"} & set(words)
