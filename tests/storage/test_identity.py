"""Whose database this is."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.domain.errors import ForeignBot
from storage.database import Database
from storage.identity import claim_identity
from storage.schema import facts


async def test_the_first_bot_claims_the_database_and_may_come_back(database: Database) -> None:
    for _ in range(2):
        async with database.writing() as tx:
            await claim_identity(tx, 123456)
    async with database.reading() as tx:
        kept = (await tx.execute(sa.select(facts.c.value).where(facts.c.key == "bot_id"))).all()
    assert kept == [("123456",)]


async def test_another_bots_token_is_refused_and_changes_nothing(database: Database) -> None:
    async with database.writing() as tx:
        await claim_identity(tx, 123456)
    with pytest.raises(ForeignBot, match="belongs to the bot 123456, the token to 999"):
        async with database.writing() as tx:
            await claim_identity(tx, 999)
    async with database.writing() as tx:
        await claim_identity(tx, 123456)


async def test_of_two_bots_that_claim_at_once_one_is_refused(
    database: Database, database_url: str
) -> None:
    rival = Database(database_url)

    async def claim(which: Database, bot_id: int) -> None:
        async with which.writing() as tx:
            await claim_identity(tx, bot_id)

    outcomes = await asyncio.gather(claim(database, 1), claim(rival, 2), return_exceptions=True)
    await rival.close()
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [ForeignBot]
