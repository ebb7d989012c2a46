"""The demo as a visitor meets it: the page in a real browser, the bot behind it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.demo.demo import Demo, demo

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.timeout(120),
]

_FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path, drip_seconds=3600) as running:
        running.market.running = False
        yield running


@pytest.fixture
async def page(stage: Demo) -> AsyncIterator[Page]:
    # Chromium's sandbox does not run as root.
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else _FLAGS
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{stage.server.api_url}/")
        yield page
        await browser.close()
        assert faults == []


async def _type(page: Page, text: str) -> None:
    await page.get_by_role("combobox", name="Message").fill(text)
    await page.keyboard.press("Enter")


async def test_a_visitor_subscribes_sets_an_alert_and_both_ring(page: Page, stage: Demo) -> None:
    """Start, /subscribe BTC, /alert BTC > 95000; news and the slider bring a message each."""
    await page.get_by_role("button", name="Start", exact=True).click()
    messages = page.locator("article[data-message]")
    await expect(messages.filter(has_text="I ring when crypto news breaks")).to_be_visible()
    await _type(page, "/subscribe BTC")
    await expect(messages.filter(has_text="Bitcoin (BTC)")).to_be_visible()
    await _type(page, "/alert BTC > 95000")
    await expect(messages.filter(has_text="rises through $95,000")).to_be_visible()

    before = await messages.count()
    for _ in range(4):
        await page.get_by_role("button", name="Break some news").click()
    await expect(messages.filter(has_text="#BTC").first).to_be_visible(timeout=15_000)
    assert await messages.count() > before

    slider = page.get_by_role("slider", name="Price of Bitcoin")
    await slider.focus()
    while stage.market.price("bitcoin") <= 95_000:
        await page.keyboard.press("ArrowRight")
        await page.wait_for_timeout(30)
    ring = messages.filter(has_text="BTC rose through $95,000")
    await expect(ring).to_be_visible(timeout=15_000)
    await page.wait_for_timeout(2_500)
    assert await ring.count() == 1
    assert stage.server.over_limit == []


async def test_commands_complete_and_buttons_answer(page: Page, stage: Demo) -> None:
    """The bot's own menu completes what is typed, and a press changes the message."""
    await page.get_by_role("button", name="Start", exact=True).click()
    box = page.get_by_role("combobox", name="Message")
    await expect(box).to_be_visible()
    await box.fill("/su")
    await expect(page.get_by_role("option", name="subscribe").first).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/subscribe ")
    # Whole already, though a longer one begins alike.
    await box.fill("/source")
    await expect(page.get_by_role("option", name="/sources")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("")
    await box.fill("/subscribe ETH")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="My list").last.click()
    removing = page.get_by_role("button", name="ETH").last
    await expect(removing).to_be_visible(timeout=10_000)
    await removing.click()
    await expect(page.get_by_text("nothing", exact=False).last).to_be_visible(timeout=10_000)
    assert stage.server.answered
