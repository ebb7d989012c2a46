"""A PostgreSQL server for the tests that need one.

It is the server that DATABASE_URL names, or a private one of Debian's programs; without either
the tests marked `postgres` are skipped. `tests/conftest.py` lends the fixtures to all folders, so
that a run starts one server.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database, engine_url
from storage.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

_START_SECONDS = 30
_numbers = count(1)


def run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in a thread, away from the test's own event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def run_statement(url: str, statement: str) -> None:
    engine = create_async_engine(engine_url(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.exec_driver_sql(statement)
    await engine.dispose()


async def fill_schema(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL server that Debian's packages installed, or None."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found.sort(key=lambda folder: float(folder.parent.name))
    return found[-1] if found else None


def _server_account() -> str | None:
    """Who runs the private server: PostgreSQL refuses root, so that root lends it an account."""
    if os.geteuid() != 0:
        return getpass.getuser()
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else None


@pytest.fixture(scope="session")
def apart() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Runs a coroutine away from the test's own event loop."""
    return run_apart


class _Cluster:
    """A private PostgreSQL server on a socket in a folder of its own."""

    def __init__(self, programs: Path, account: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="coinbell-pg-"))
        data = self._folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self._folder, account)
        who: dict[str, Any] = {"user": account, "extra_groups": []} if os.geteuid() == 0 else {}
        self._log = (self._folder / "log").open("wb")
        options: dict[str, Any] = {
            **who,
            "cwd": self._folder,
            "env": {"LC_ALL": "C", "PATH": str(programs)},
            "stdout": self._log,
            "stderr": subprocess.STDOUT,
        }
        make = f"{programs}/initdb -D {data} -U postgres -E UTF8 -A trust --no-sync --no-locale"
        subprocess.run(make.split(), check=True, **options)
        run = [str(programs / "postgres"), "-D", str(data), "-k", str(self._folder)]
        quick = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        settings = [word for setting in ("listen_addresses=", *quick) for word in ("-c", setting)]
        self._server = subprocess.Popen([*run, *settings], **options)
        self.url = f"postgresql://postgres@/postgres?host={self._folder}"

    def wait(self) -> None:
        """Return once the server answers."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                run_apart(run_statement(self.url, "SELECT 1"))
            except (OSError, DBAPIError):
                if time.monotonic() > deadline or self._server.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self._server.send_signal(3)  # SIGQUIT: at once, for nothing of it is kept
        self._server.wait(_START_SECONDS)
        self._log.close()
        shutil.rmtree(self._folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server where databases may be made."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    programs, account = _programs(), _server_account()
    if programs is None:
        pytest.skip("no DATABASE_URL, and no PostgreSQL server in /usr/lib/postgresql")
    if account is None:
        pytest.skip("PostgreSQL refuses to run as root, and there is no account postgres")
    cluster = _Cluster(programs, account)
    try:
        cluster.wait()
        yield cluster.url
    finally:
        cluster.stop()


class PostgresDatabases:
    """Makes databases on a server, each with a name of its own, and drops them at the end."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url

    def make(self, template: str | None = None) -> str:
        """The address of a new database, empty or a copy of `template`."""
        name = f"coinbell_test_{os.getpid()}_{next(_numbers)}"
        like = f" TEMPLATE {template}" if template else ""
        run_apart(run_statement(self._server_url, f"CREATE DATABASE {name}{like}"))
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        run_apart(run_statement(self._server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(scope="session")
def postgres_template(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The name of a migrated database that no one is connected to."""
    url = postgres_databases.make()
    run_apart(fill_schema(url))
    yield str(make_url(url).database)
    postgres_databases.drop(url)
