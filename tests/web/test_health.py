"""Health and readiness: the verdict as a table, the routes over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.web import health
from bot.web.health import PartState, State, States, health_routes, readiness, shown_error

Serve = Callable[[Iterable[web.AbstractRouteDef]], Awaitable[str]]

OK = PartState(State.OK)
FAILING = PartState(State.FAILING)
UNKNOWN = PartState(State.UNKNOWN)
GOOD: States = {"database": OK, "migrations": OK, "telegram": OK}
SINCE = datetime(2026, 1, 5, 13, 0, tzinfo=timezone(timedelta(hours=1)))
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (GOOD, 200),
        ({}, 503),
        ({**GOOD, "database": FAILING}, 503),
        ({**GOOD, "migrations": UNKNOWN}, 503),
        ({**GOOD, "telegram": UNKNOWN}, 503),
        ({"database": OK, "migrations": OK}, 503),
        ({**GOOD, "prices": FAILING}, 200),
        ({**GOOD, "outbox": FAILING}, 200),
        ({**GOOD, "sources": {"coindesk": FAILING, "decrypt": FAILING}}, 200),
        ({**GOOD, "sources": {}}, 200),
        ({**GOOD, "telegram": {"bot": FAILING}}, 503),
    ],
)
def test_ready_needs_database_migrations_and_telegram_and_nothing_else(
    states: States, status: int
) -> None:
    got, document = readiness(states)
    assert got == status
    assert document["ready"] is (status == 200)


def test_the_document_shows_every_part_and_each_source() -> None:
    states: States = {
        "telegram": OK,
        "sources": {"coindesk": PartState(State.FAILING, SINCE, "HTTP 503\nsecond line")},
        "outbox": PartState(State.OK, details={"waiting": 3}),
    }
    assert readiness(states)[1] == {
        "ready": False,
        "parts": {
            "database": {"state": "unknown"},
            "migrations": {"state": "unknown"},
            "telegram": {"state": "ok"},
            "sources": {
                "coindesk": {
                    "state": "failing",
                    "since": "2026-01-05T12:00:00+00:00",
                    "error": "HTTP 503",
                }
            },
            "outbox": {"state": "ok", "waiting": 3},
        },
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("HTTP 503 from https://example.org/feed/rss", None),
        ("GET https://example.org/a/b?key=s3cret failed", "GET https://example.org/a/b?… failed"),
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot…/getMe"),
        ("postgresql://bell:pa55@db/bell: refused", "postgresql://db/bell: refused"),
        (
            "sqlite:////var/lib/coinbell/coinbell.db: unable to open",
            "…: unable to open",
        ),
        ("[Errno 13] Permission denied: '/home/bell/x.db'", "[Errno 13] Permission denied: '…'"),
        ("BTC/USD and/or n/a", None),
        ("", None),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_a_shown_error_holds_no_token_user_query_or_path(text: str, shown: str | None) -> None:
    assert shown_error(text) == (text if shown is None else shown)


@given(st.text(), st.text())
def test_whatever_surrounds_a_token_it_is_not_shown(before: str, after: str) -> None:
    assert TOKEN not in shown_error(f"{before}{TOKEN}{after}")


def test_details_are_cleaned_like_errors() -> None:
    states: States = {"telegram": PartState(State.OK, details={"last": f"/bot{TOKEN}/getMe"})}
    assert TOKEN not in f"{readiness(states)[1]}"


async def test_readyz_answers_what_readiness_says_at_that_moment(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    states: dict[str, PartState] = {"database": OK, "migrations": OK}

    async def _read() -> States:
        return states

    address = await serve(health_routes(_read))
    async with client.get(f"{address}/readyz") as answer:
        assert answer.status == 503
        assert (await answer.json())["parts"]["telegram"] == {"state": "unknown"}
    states["telegram"] = OK
    async with client.get(f"{address}/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["ready"] is True


async def test_states_that_cannot_be_read_make_it_unready_without_a_word_of_why(
    serve: Serve, client: aiohttp.ClientSession
) -> None:
    async def _read() -> States:
        raise OSError("/srv/coinbell.db: disk I/O error")

    address = await serve(health_routes(_read))
    with capture_logs() as logs:
        async with client.get(f"{address}/readyz") as answer:
            assert answer.status == 503
            parts = (await answer.json())["parts"]
    assert parts["database"] == {"state": "unknown", "error": "the state could not be read"}
    assert [entry["event"] for entry in logs] == ["readiness_failed"]


async def test_states_that_hang_make_it_unready_while_healthz_goes_on(
    serve: Serve, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_READING_SECONDS", 0.05)

    async def _read() -> States:
        await asyncio.Event().wait()
        return {}

    address = await serve(health_routes(_read))
    with capture_logs():
        async with client.get(f"{address}/readyz") as unready:
            assert unready.status == 503
    async with client.get(f"{address}/healthz") as alive:
        assert (alive.status, await alive.text()) == (200, "alive\n")


def test_since_is_told_in_utc() -> None:
    states: States = {"database": PartState(State.OK, SINCE)}
    since = readiness(states)[1]["parts"]["database"]["since"]
    assert datetime.fromisoformat(since) == SINCE.astimezone(UTC)
