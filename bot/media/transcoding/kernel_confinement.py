"""Kernel confinement: what the transcoder's child can't do any more once it has given it up.

A hostile file that takes over a decoder has all that its process has. So the child gives up, before
it opens the file, what transcoding does not need. Each part is used as far as the kernel has it,
and none needs root:

- Landlock (landlock(7), from Linux 5.13): of all files only the source and the libraries can be read, and
  only the target be written. From ABI 4 on no TCP connection, from ABI 6 on no signal to other processes.
  It also hides the memory and the environment of every other process (ptrace access).
- seccomp (seccomp(2)): no sockets at all, no other programs, no new processes, no reading of other
  processes' memory. That is a list of calls; Landlock is what holds where a call is not on it.
- Capabilities (capabilities(7)): none, should the bot run as root.

The bot hides itself too (`hide_this_process`): its environment holds the token and the key, and
/proc/<pid>/environ is open to every process of the same user otherwise.

Written with ctypes: the packages for it are unkept or young, and it takes six calls.
"""

import ctypes
import dataclasses
import errno
import os
import platform
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_DUMPABLE = 4
_PR_GET_SECCOMP = 21
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# Calls of Landlock have the same numbers everywhere (linux/landlock.h, asm-generic/unistd.h).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_FOR_ABI = 1
_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_FOLDER, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_BIND_AND_CONNECT_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
# How many rights over files each ABI knows: those of the first, then `refer`, `truncate`, `ioctl`.
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS = 16

# seccomp's filter: linux/filter.h, linux/seccomp.h, linux/audit.h.
_LOAD, _JUMP_EQUAL, _JUMP_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Calls:
    """The numbers of system calls on one architecture."""

    audit: int  # the architecture's name in linux/audit.h
    capset: int
    clone: int
    clone3: int
    refused: tuple[int, ...]


# In the order of: socket, socketpair, connect, bind, listen, accept, accept4, sendto, sendmsg,
# recvfrom, recvmsg, sendmmsg, recvmmsg; execve, execveat; ptrace, process_vm_readv and _writev,
# kcmp, pidfd_open, pidfd_getfd, process_madvise; kill, tgkill to others is Landlock's; mount,
# umount2, pivot_root, chroot, unshare, setns; bpf, perf_event_open, userfaultfd, io_uring_setup,
# io_uring_enter, io_uring_register; keyctl, add_key, request_key; open_by_handle_at;
# init_module, finit_module, kexec_load; memfd_create.
_CALLS: Mapping[str, _Calls] = {
    "x86_64": _Calls(
        audit=0xC000003E,
        capset=126,
        clone=56,
        clone3=435,
        refused=(
            *(41, 53, 42, 49, 50, 43, 288, 44, 46, 45, 47, 307, 299),
            *(59, 322, 57, 58),  # and fork, vfork
            *(101, 310, 311, 312, 434, 438, 440, 62),
            *(165, 166, 155, 161, 272, 308),
            *(321, 298, 323, 425, 426, 427),
            *(250, 248, 249, 304, 175, 313, 246, 319),
        ),
    ),
    "aarch64": _Calls(
        audit=0xC00000B7,
        capset=91,
        clone=220,
        clone3=435,
        refused=(
            *(198, 199, 203, 200, 201, 202, 242, 206, 211, 207, 212, 269, 243),
            *(221, 281),
            *(117, 270, 271, 272, 434, 438, 440, 129),
            *(40, 39, 41, 51, 97, 268),
            *(280, 241, 282, 425, 426, 427),
            *(219, 217, 218, 265, 105, 273, 104, 279),
        ),
    ),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What a kernel has: `landlock` is the version of its interface, 0 for none."""

    landlock: int
    seccomp: bool

    def __str__(self) -> str:
        landlock = f"Landlock (ABI {self.landlock})" if self.landlock else "no Landlock"
        return f"{landlock}, {'seccomp' if self.seccomp else 'no seccomp'}"

    @property
    def is_whole(self) -> bool:
        """Whether neither files nor the network are open to the child."""
        return self.landlock > 0 and self.seccomp


def confinement() -> Confinement:
    """Return what this kernel has."""
    if sys.platform != "linux":
        return Confinement(landlock=0, seccomp=False)
    has_filter = _libc().prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0
    return Confinement(
        landlock=max(0, _syscall(_CREATE_RULESET, None, 0, _ASK_FOR_ABI)),
        seccomp=has_filter and platform.machine() in _CALLS,
    )


def hide_this_process() -> bool:
    """Keep other processes of the same user out of this one's memory and environment (prctl(2)).

    Returns whether the system can do that.
    """
    return sys.platform == "linux" and _prctl(_PR_SET_DUMPABLE, 0)


def give_up_everything_but(
    source: Path, target: Path | None, *, libraries: Sequence[Path] = ()
) -> Confinement:
    """Leave this process *source* to read and *target*, which must exist, to write; nothing else.

    Without a *target* it can write no file. *libraries* are folders of code that may be loaded
    later. For the calling thread and those it starts. Returns what was given up.
    """
    found = confinement()
    if not _prctl(_PR_SET_NO_NEW_PRIVS, 1):
        return Confinement(landlock=0, seccomp=False)
    readable = (source, *libraries)
    has_landlock = found.landlock > 0 and _landlock(readable, target, found.landlock)
    landlock = found.landlock if has_landlock else 0
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return Confinement(landlock=landlock, seccomp=False)
    _drop_capabilities(calls)
    return Confinement(landlock=landlock, seccomp=found.seccomp and _seccomp(calls))


def _landlock(readable: Sequence[Path], target: Path | None, abi: int) -> bool:
    rights = (1 << _FILE_RIGHTS_BY_ABI.get(abi, _FILE_RIGHTS)) - 1
    network = _BIND_AND_CONNECT_TCP if abi >= 4 else 0
    scope = _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("=QQQ", rights, network, scope)[:size]
    ruleset = _syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return False
    try:
        # libav reads the beginning of an mp4 again when it writes its end.
        return (
            all(_allow(ruleset, path, _READ_FILE | _folder_right(path)) for path in readable)
            and (
                target is None
                or _allow(ruleset, target, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & rights)
            )
            and _syscall(_RESTRICT_SELF, ruleset, 0) == 0
        )
    finally:
        os.close(ruleset)


def _folder_right(path: Path) -> int:
    return _READ_FOLDER if path.is_dir() else 0


def _allow(ruleset: int, path: Path, rights: int) -> bool:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, descriptor)
        return _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0) == 0
    finally:
        os.close(descriptor)


def _drop_capabilities(calls: _Calls) -> None:
    """Give up every capability; without any, which is usual, this changes nothing."""
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3
    _syscall(calls.capset, header, bytes(24))


def _seccomp(calls: _Calls) -> bool:
    program = filter_of(calls)
    instructions = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    return _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header)


def filter_of(calls: _Calls) -> bytes:
    """Return the filter as classic BPF: of each call the error that it ends in, or that it may be."""
    refuse = _instruction(_RETURN, _REFUSE | errno.EPERM)
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, calls.audit, then=1),
        refuse,
        _instruction(_LOAD, _NUMBER),
        _instruction(_JUMP_LEAST, _X32, otherwise=1),
        refuse,
        # The flags of clone3 can't be seen; without it libc starts threads by clone.
        _instruction(_JUMP_EQUAL, calls.clone3, otherwise=1),
        _instruction(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in calls.refused:
        program += [_instruction(_JUMP_EQUAL, number, otherwise=1), refuse]
    program += [
        _instruction(_JUMP_EQUAL, calls.clone, otherwise=3),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_JUMP_ANY_BIT, _CLONE_THREAD, then=1),
        refuse,
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """Return one instruction; jumps skip as many of the following ones."""
    return struct.pack("=HBBI", code, then, otherwise, value)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int, pointer: bytes | None = None) -> bool:
    return bool(_libc().prctl(option, value, pointer, 0, 0) == 0)


def _syscall(number: int, *arguments: object) -> int:
    """Call the kernel; every whole number is passed as the long that it expects."""
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(_libc().syscall(ctypes.c_long(number), *passed))
