"""What an exchange lists, learnt through a client of ccxt.

Owns when that is learnt anew. Refuses to choose among what is listed.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.domain.errors import FetchError, ParseError
from bot.prices.exchange_questions import Questions

log = structlog.get_logger(__name__)

_LIFE = timedelta(hours=1)


class ExchangeMarkets:
    """The markets of `client`, asked for through `questions` with `listing` as parameters.

    `kind` is what they are, in the plural, for errors and the log.
    """

    def __init__(
        self,
        client: Any,
        questions: Questions,
        kind: str = "markets",
        listing: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._questions = questions
        self._kind = kind
        self._listing = dict(listing or {})
        self._learnt_at: datetime | None = None
        self._learning = asyncio.Lock()

    @property
    def known(self) -> bool:
        """Whether the exchange has told which it lists."""
        return self._learnt_at is not None

    def by_symbol(self) -> Mapping[str, Mapping[str, Any]]:
        """The markets as ccxt gives them, by symbol; empty until they are known."""
        return (self._client.markets or {}) if self.known else {}

    async def learn(self, now: datetime) -> None:
        """Learn them once an hour, and after a question was refused; old ones serve meanwhile.

        Raises FetchError or ParseError while none are known.
        """
        async with self._learning:
            at = self._learnt_at
            if at and now - at < _LIFE and not self._questions.refused:
                return
            self._questions.refused = False
            ask = partial(self._client.load_markets, reload=True, params=self._listing)
            try:
                await self._questions.ask(ask)
            except (FetchError, ParseError) as error:
                if not self.known:
                    raise
                name = self._client.id
                log.warning("markets_kept", exchange=name, kind=self._kind, error=error.log_text)
            if not self._client.markets:
                raise ParseError(f"{self._client.id} lists no {self._kind}")
            self._learnt_at = now
