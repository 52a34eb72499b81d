"""Exchanges two folders in one step of the file system, where it can."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_LINUX_EXCHANGE = 2
_MACOS_SWAP = 2
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically: renameat2 on Linux, renamex_np on macOS.

    Gives False where the system or the file system cannot; raises OSError for any other failure.
    """
    platform: str = sys.platform
    if platform == "linux":
        return _call("renameat2", _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _LINUX_EXCHANGE)
    if platform == "darwin":
        return _call("renamex_np", os.fsencode(one), os.fsencode(other), _MACOS_SWAP)
    return False


def _call(name: str, *arguments: int | bytes) -> bool:
    import ctypes

    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is None:
        return False
    if function(*arguments) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), name)
