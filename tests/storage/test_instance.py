"""Two processes on one SQLite file: the second is refused, whatever the first left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.errors import AlreadyRunning, DatabaseUnreachable
from storage.database import Database
from storage.instance import lock_path, single_instance

_HOLDER = """
import sys, time
from storage.database import Database
from storage.instance import single_instance
with single_instance(Database(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def _database(file: Path) -> Database:
    return Database(f"sqlite:///{file}")


def _holder(url: str) -> subprocess.Popen[str]:
    """Another process that holds the lock of a database."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_which_file_and_what_to_do(tmp_path: Path) -> None:
    """The refusal names the file and the first process; its end, even by SIGKILL, opens the way."""
    file = tmp_path / "coinbell.db"
    process = _holder(f"sqlite:///{file}")
    try:
        with pytest.raises(AlreadyRunning) as refused, single_instance(_database(file)):
            pytest.fail("two at once")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert str(file) in refused.value.log_text
    assert f"process {process.pid}" in refused.value.log_text
    assert "stop it first" in refused.value.log_text
    with single_instance(_database(file)):
        assert lock_path(file).read_text() == f"{os.getpid()}\n"


def test_the_lock_ends_with_the_block_and_can_be_had_again(tmp_path: Path) -> None:
    turns = []
    for turn in range(2):
        with single_instance(_database(tmp_path / "coinbell.db")):
            turns.append(turn)
    assert turns == [0, 1]


def test_the_lock_ends_with_an_error_in_the_block(tmp_path: Path) -> None:
    database = _database(tmp_path / "coinbell.db")
    with pytest.raises(KeyError), single_instance(database):
        raise KeyError
    with single_instance(database):
        pass


@pytest.mark.parametrize("left", [b"", b"999999999\n", b"no number", b"\xff" * 100])
def test_a_file_that_a_dead_process_left_is_no_obstacle(tmp_path: Path, left: bytes) -> None:
    file = tmp_path / "coinbell.db"
    lock_path(file).write_bytes(left)
    with (
        single_instance(_database(file)),
        pytest.raises(AlreadyRunning),
        single_instance(_database(file)),
    ):
        pytest.fail("two at once")


def test_another_name_of_the_same_file_is_the_same_database(tmp_path: Path) -> None:
    """Neither a symbolic link nor a relative path lets a second process in."""
    file, link = tmp_path / "coinbell.db", tmp_path / "linked.db"
    link.symlink_to(file)
    relative = Path(os.path.relpath(file))
    for other in (link, relative):
        with (
            single_instance(_database(file)),
            pytest.raises(AlreadyRunning),
            single_instance(_database(other)),
        ):
            pytest.fail("two at once")


def test_two_databases_have_two_locks(tmp_path: Path) -> None:
    with (
        single_instance(_database(tmp_path / "one.db")),
        single_instance(_database(tmp_path / "two.db")),
    ):
        assert len(list(tmp_path.glob("*.lock"))) == 2


@pytest.mark.parametrize("name", ["with spaces.db", "file:odd.db", "ünï ✓.db", "no-suffix"])
def test_odd_names_are_taken_as_they_are(tmp_path: Path, name: str) -> None:
    with single_instance(_database(tmp_path / name)):
        assert (tmp_path / f"{name}.lock").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    database = _database(tmp_path / "nowhere" / "coinbell.db")
    with pytest.raises(DatabaseUnreachable, match="No such file"), single_instance(database):
        pytest.fail("there is no such folder")


def test_postgresql_may_be_shared() -> None:
    """Several replicas on one PostgreSQL are allowed; nothing is locked or even connected to."""
    database = Database("postgresql://nobody@localhost:1/none")
    with single_instance(database), single_instance(database):
        assert database.file is None
