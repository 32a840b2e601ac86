"""A file is replaced whole or not at all, and stays what it was to everybody else."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from mockserver.output.replacement import Replacement, check


def replaced(path: Path, text: str = "new") -> None:
    with Replacement(path) as file:
        file.write(text)


def test_a_new_file_has_the_permissions_of_any(tmp_path: Path) -> None:
    """Those that the umask leaves, not those of a temporary file; nothing else is left."""
    (tmp_path / "other").touch()
    replaced(tmp_path / "report")

    assert (tmp_path / "report").read_text() == "new"
    assert (tmp_path / "report").stat().st_mode == (tmp_path / "other").stat().st_mode
    assert len(list(tmp_path.iterdir())) == 2


def test_what_was_there_stays_until_the_end(tmp_path: Path) -> None:
    """A reader meets the old one or the new one."""
    path = tmp_path / "report"
    path.write_text("old")
    path.chmod(0o640)
    replacement = Replacement(path)
    replacement.file.write("new")
    during = path.read_text()
    replacement.commit()

    assert (during, path.read_text()) == ("old", "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_it_as_it_was(tmp_path: Path) -> None:
    """Half a report is worse than the last whole one."""
    path = tmp_path / "report"
    path.write_text("old")

    with pytest.raises(ZeroDivisionError), Replacement(path) as file:
        file.write(str(1 / 0))

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    """`latest.html` still leads to where the reports are kept."""
    (tmp_path / "kept").mkdir()
    path = tmp_path / "latest"
    path.symlink_to("kept/report")
    replaced(path)

    assert path.is_symlink()
    assert (tmp_path / "kept/report").read_text() == "new"
    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["report"]


def test_a_device_is_written_to_as_it_is() -> None:
    """Nobody's /dev/null becomes a file."""
    replaced(Path("/dev/null"))

    assert not Path("/dev/null").is_file()


def test_a_file_that_stands_for_standard_output_keeps_what_is_in_it(tmp_path: Path) -> None:
    """`--report json=/dev/stdout >> log` adds to the log."""
    path = tmp_path / "log"
    path.write_text("before\n")
    with path.open("a") as file:
        replaced(Path(f"/dev/fd/{file.fileno()}"), "report\n")

    assert path.read_text() == "before\nreport\n"


def test_half_a_surrogate_pair_is_escaped(tmp_path: Path) -> None:
    """No file can hold it."""
    replaced(tmp_path / "report", "\ud800")

    assert (tmp_path / "report").read_text() == "\\ud800"


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127])
def test_a_long_name_is_no_obstacle(name: str, tmp_path: Path) -> None:
    """What is written beside it has a name of its own that is short enough."""
    replaced(tmp_path / name)

    assert (tmp_path / name).read_text() == "new"


@pytest.mark.parametrize(
    ("place", "error"),
    [(".", errno.EISDIR), ("file/report", errno.ENOTDIR), ("missing/report", errno.ENOENT)],
)
def test_what_cannot_be_written_is_said_at_once(place: str, error: int, tmp_path: Path) -> None:
    """Before anything is done."""
    (tmp_path / "file").touch()

    with pytest.raises(OSError) as raised:  # noqa: PT011  # the number is looked at below
        Replacement(tmp_path / place)

    assert raised.value.errno == error
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_folders_are_made_if_they_are_wanted(tmp_path: Path) -> None:
    """A check makes them too: they will be needed. Where a file stands, none can be made."""
    check(tmp_path / "a/b/report")
    (tmp_path / "file").touch()

    with pytest.raises(NotADirectoryError):
        check(tmp_path / "file/report")

    assert list((tmp_path / "a/b").iterdir()) == []


def test_a_file_that_is_protected_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That its folder could be written does not make it ours."""
    path = tmp_path / "report"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, whom this may be, may do all

    with pytest.raises(PermissionError):
        Replacement(path)


def test_where_nothing_can_be_moved_the_file_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted by itself can be written and not replaced."""
    path = tmp_path / "report"
    path.write_text("the old one")

    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    replaced(path)

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_put_beside_it_the_file_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may be read-only, and one file in it not."""
    path = tmp_path / "report"
    path.write_text("the old one")
    beside = os.open

    def forbidden(name: str | Path, *rest: int) -> int:
        if str(name).endswith(".part"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return beside(name, *rest)

    monkeypatch.setattr(os, "open", forbidden)
    replaced(path)
    with pytest.raises(PermissionError):
        replaced(tmp_path / "new")

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_full_disk_is_an_error() -> None:
    """Though what is written is only found not to fit when the file is closed."""
    with pytest.raises(OSError, match="No space left"):
        replaced(Path("/dev/full"))
