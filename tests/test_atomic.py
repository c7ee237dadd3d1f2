"""A file is the old one or the whole new one, and nothing is left lying about."""

import os
from pathlib import Path

import pytest

from formreader.atomic import written_whole


def test_the_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with written_whole(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
        assert unfinished.suffix == ".csv"  # some writers choose the format by it
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), written_whole(path) as unfinished:
        unfinished.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
def test_permissions_are_those_of_any_new_file_or_of_the_old_one(tmp_path: Path) -> None:
    ordinary, path = tmp_path / "ordinary", tmp_path / "table.csv"
    ordinary.touch()
    with written_whole(path):
        pass
    assert path.stat().st_mode == ordinary.stat().st_mode
    path.chmod(0o640)
    with written_whole(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real" / "table.csv")
    with written_whole(tmp_path / "link.csv") as unfinished:
        unfinished.write_text("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real" / "table.csv").read_text() == "new"


def test_a_folder_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError), written_whole(tmp_path / "no" / "table.csv"):
        pass
