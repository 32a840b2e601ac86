"""A file that is replaced whole or not at all: written beside its place, moved into it at the end.

A reader never meets half of it, and a run that comes to nothing leaves the last good one where it was. Links are
followed, permissions and owner kept. What cannot be replaced is written in place: devices, pipes, a file that is
mounted by itself or lies in a folder that may not be written.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
DIRECT = ("/dev/", "/proc/")
"""Where names are no places: `/dev/stdout` may be a file that others write to as well."""


class Replacement:
    """What a path will hold. Raises OSError at once if it cannot be written; `commit` or `discard` ends it.

    folders: make those that are missing. As a context manager it is committed at the end of the block, or discarded
    if that raises.
    """

    def __init__(self, path: Path, *, folders: bool = False) -> None:
        self.path = path
        self._beside: Path | None = None
        place = os.path.realpath(path)
        self._place = Path(place)
        if folders:
            _make_folder(self._place.parent)
        self._before = self._place.stat() if self._place.exists() else None
        if str(path).startswith(DIRECT) or (self._before is not None and not stat.S_ISREG(self._before.st_mode)):
            self.file: IO[str] = path.open("a", encoding="utf-8", errors="backslashreplace")
            return
        if self._before is not None and not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        self._open()

    def _open(self) -> None:
        try:
            # 60 characters are at most 240 bytes, of the 255 that a file system allows a name
            self._beside = self._place.with_name(f".{self._place.name[:60]}.{secrets.token_hex(4)}.part")
            number = os.open(self._beside, CREATE, 0o666)
        except OSError:
            if self._before is None:
                raise
            number, name = tempfile.mkstemp()  # the folder takes no new file, but the old one can be written
            self._beside = Path(name)
        self.file = open(number, "w", encoding="utf-8", errors="backslashreplace", newline="\n")  # noqa: SIM115  # a descriptor, closed by commit or discard

    def commit(self) -> None:
        """Move what was written into place. OSError if that fails; the old file is then still there."""
        try:
            self.file.close()
            if self._beside is not None:
                self._move(self._beside)
        except OSError:
            self.discard()
            raise

    def _move(self, beside: Path) -> None:
        if self._before is not None:
            with suppress(OSError, AttributeError):  # Windows has no owners
                os.chown(beside, self._before.st_uid, self._before.st_gid)
            with suppress(OSError):
                beside.chmod(stat.S_IMODE(self._before.st_mode))
        try:
            beside.replace(self._place)
        except OSError:
            shutil.copyfile(beside, self._place)  # another file system, a mount, a folder that may not be written
            beside.unlink()
        self._beside = None

    def discard(self) -> None:
        """Leave the path as it was."""
        with suppress(OSError):
            self.file.close()
        if self._beside is not None:
            with suppress(OSError):
                self._beside.unlink()
            self._beside = None

    def __enter__(self) -> IO[str]:
        return self.file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    folder.mkdir(parents=True, exist_ok=True)


def check(path: Path) -> None:
    """Raise OSError if the path cannot be written; nothing is changed but that its folder is there."""
    Replacement(path, folders=True).discard()
