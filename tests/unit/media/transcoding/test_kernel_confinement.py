"""The filter of system calls, as the kernel would run it."""

import errno
import struct

import pytest

from bot.media.transcoding.kernel_confinement import _CALLS, filter_of

ALLOWED, EPERM, ENOSYS = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
THREAD, PROCESS = 0x3D0F00, 0x11
# read, write, close, mmap, futex, exit_group, openat, getrandom, tgkill
HARMLESS = {
    "x86_64": (0, 1, 3, 9, 202, 231, 257, 318, 234),
    "aarch64": (63, 64, 57, 222, 98, 94, 56, 278, 131),
}


def outcome(program: bytes, *, audit: int, number: int, first: int = 0) -> int:
    """Run classic BPF over one call, as the kernel does (Linux: Documentation/networking/filter)."""
    data = struct.pack("=IIQQ", number, audit, 0, first)
    instructions = list(struct.iter_unpack("=HBBI", program))
    at, loaded = 0, 0
    while True:
        code, then, otherwise, value = instructions[at]
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (loaded,) = struct.unpack_from("=I", data, value)
            continue
        holds = {
            0x15: loaded == value,
            0x35: loaded >= value,
            0x45: bool(loaded & value),
        }[code]
        at += then if holds else otherwise


@pytest.mark.parametrize("machine", _CALLS)
def test_every_call_has_its_outcome(machine: str) -> None:
    """What is on the list is refused, threads may be started, processes not, and the rest is free."""
    calls = _CALLS[machine]
    program = filter_of(calls)
    for number in range(500):
        expected = EPERM if number in calls.refused else ALLOWED
        if number == calls.clone:
            expected = EPERM
        if number == calls.clone3:
            expected = ENOSYS
        found = outcome(program, audit=calls.audit, number=number, first=PROCESS)
        assert found == expected, number
    assert outcome(program, audit=calls.audit, number=calls.clone, first=THREAD) == ALLOWED
    assert not set(HARMLESS[machine]) & set(calls.refused)


@pytest.mark.parametrize("machine", _CALLS)
def test_calls_by_other_conventions_are_refused(machine: str) -> None:
    """The same numbers mean other calls in 32-bit and x32 programs, so that none of those passes."""
    calls = _CALLS[machine]
    program = filter_of(calls)
    for number in range(0, 500, 7):
        assert outcome(program, audit=0x40000003, number=number) == EPERM
        assert outcome(program, audit=calls.audit, number=number | 0x40000000) == EPERM
