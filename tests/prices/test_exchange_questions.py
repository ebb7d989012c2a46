"""What it means when a question to an exchange fails, against a local server that plays one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.candles import Timeframe
from bot.domain.errors import ConnectionFailed, HttpStatusError, QuestionRefused, ResponseTooSlow
from bot.domain.markets import Market
from bot.prices import exchange_questions

if TYPE_CHECKING:
    from datetime import datetime

    from bot.prices.exchanges import Exchange
    from tests.prices.local_binance import Binance


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "seconds"),
    [
        (451, '{"code": 0, "msg": "restricted location"}', {}, HttpStatusError, None),
        (403, "<html>forbidden</html>", {}, HttpStatusError, None),
        (418, '{"code": -1003}', {"Retry-After": "120"}, HttpStatusError, 120),
        (429, '{"code": -1003}', {"Retry-After": "soon"}, HttpStatusError, None),
        (503, "", {}, HttpStatusError, None),
    ],
)
async def test_refusals_become_our_errors_without_what_they_quote(
    exchange: Exchange,
    binance: Binance,
    now: datetime,
    status: int,
    body: str,
    headers: dict[str, str],
    kind: type[HttpStatusError],
    seconds: float | None,
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    binance.refusal = (status, body, headers)
    for _ in range(2):
        with pytest.raises(kind) as caught:
            await exchange.fetch_ticks(["bitcoin"], "USD", now)
        assert (caught.value.status, caught.value.retry_after_seconds) == (status, seconds)
        assert caught.value.log_text == f"binance answered HTTP {status}"
    binance.refusal = None
    assert len(await exchange.fetch_ticks(["bitcoin"], "USD", now)) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, '{"code": -1121, "msg": "Invalid symbol."}'), (200, '{"code": -1121, "msg": "no"}')],
)
async def test_a_question_that_is_wrong_is_told_from_one_that_failed(
    exchange: Exchange, binance: Binance, now: datetime, status: int, body: str
) -> None:
    """The same again would get the same answer."""
    binance.pairs = {"BTC/USDT": 1}
    await exchange.fetch_ticks(["bitcoin"], "USD", now)
    binance.refusal = (status, body, {"Content-Type": "application/json"})
    with pytest.raises(QuestionRefused, match="binance refused the question") as caught:
        await exchange.fetch_candles(Market("bitcoin"), Timeframe.HOUR, now, now)
    assert "Invalid" not in caught.value.log_text


async def test_a_server_that_is_away_or_slow_is_told_apart(
    exchange: Exchange, binance: Binance, now: datetime
) -> None:
    binance.pairs = {"BTC/USDT": 1}
    exchange._client.timeout = 0.001
    with pytest.raises(ResponseTooSlow):
        await exchange.fetch_ticks(["bitcoin"], "USD", now)
    exchange._client.timeout = 5000
    exchange._client.urls["api"]["public"] = "http://127.0.0.1:1/api/v3"
    with pytest.raises(ConnectionFailed, match="binance cannot be reached"):
        await exchange.fetch_ticks(["bitcoin"], "USD", now)


async def test_a_question_of_many_slow_requests_ends_in_time(
    exchange: Exchange, binance: Binance, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the pauses are that ccxt makes between them."""
    binance.pairs = {"BTC/USDT": 1}
    monkeypatch.setattr(exchange_questions, "TIMEOUT_SECONDS", 0.05)

    async def paused(*args: object, **options: object) -> None:
        del args, options
        await asyncio.sleep(30)

    monkeypatch.setattr(exchange._client, "throttle", paused)
    exchange._client.enableRateLimit = True
    with pytest.raises(ResponseTooSlow, match=r"0\.05 s"):
        await exchange.fetch_ticks(["bitcoin"], "USD", now)


async def test_two_questions_at_once_keep_their_own_answers(
    exchange: Exchange, binance: Binance, now: datetime
) -> None:
    """A poll that is refused does not make a page of candles look refused, and the reverse."""
    binance.pairs = {"BTC/USDT": 1}
    await exchange.fetch_ticks(["bitcoin"], "USD", now)
    questions = exchange._questions

    async def refused() -> None:
        binance.refusal = (503, "", {})
        await exchange._client.fetch_tickers(["BTC/USDT"])

    async def broken() -> None:
        await asyncio.sleep(0.2)
        raise ValueError("not of the network")

    both = (questions.ask(refused), questions.ask(broken))
    found = await asyncio.gather(*both, return_exceptions=True)
    assert isinstance(found[0], HttpStatusError)
    assert "cannot be read" in str(found[1])
