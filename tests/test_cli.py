"""The command line: exit codes, one clear line, and no traceback."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from bot import cli
from bot.demo.telegram_server import TelegramServer

TOKEN = "123456:TEST-TOKEN-THAT-IS-LONG-ENOUGH-TO-BE-ONE"
POSTGRESQL = "postgresql://me:secret@127.0.0.1:1/x"


def coinbell(
    *arguments: str, cwd: Path, stdin: bytes = b"", environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        input=stdin,
        env=_environment(environ or {}),
        capture_output=True,
        timeout=50,
        check=False,
    )


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COINBELL_")}
    return kept | {"PYTHONPATH": str(Path(__file__).parents[1])} | dict(extra)


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    """`coinbell --version` names it."""
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"coinbell {version('coinbell')}\n"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (None, "telegram.token"),
        ("[telegram\n", "line 1"),
        ('[telegram]\ntokn = "x"\n', "tokn"),
        (f'[telegram]\ntoken = "{TOKEN}"\n[news]\npoll_seconds = 0\n', "news.poll_seconds"),
        (f'[telegram]\ntoken = "{TOKEN}"\n[prices]\nproviders = ["krakn"]\n', "kraken"),
    ],
    ids=["no token", "broken", "unknown key", "range", "provider"],
)
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_bad_configuration_is_one_line_and_exit_code_2(
    tmp_path: Path, command: str, config: str | None, words: str
) -> None:
    """What an operator can mend is said without a traceback."""
    if config is not None:
        (tmp_path / "config.toml").write_text(config)
    assert words in _complaint(coinbell(command, cwd=tmp_path))


@pytest.mark.parametrize(
    ("url", "words"), [("sqlite:////no/way/x.db", "sqlite"), (POSTGRESQL, "127.0.0.1")]
)
def test_an_unreachable_database_is_one_line_and_exit_code_2(
    tmp_path: Path, url: str, words: str
) -> None:
    """The line names the database without its password."""
    environ = {"COINBELL_TELEGRAM__TOKEN": TOKEN, "COINBELL_STORAGE__URL": url}
    assert words in _complaint(coinbell("run", cwd=tmp_path, environ=environ))


def _complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line in which a command refused its configuration."""
    lines = [line for line in done.stderr.decode().splitlines() if line.startswith("coinbell:")]
    assert done.returncode == 2, done.stderr.decode()
    assert len(lines) == 1
    assert b"Traceback" not in done.stderr
    assert b"secret" not in done.stderr
    return lines[0]


def test_a_wrong_argument_is_a_matter_of_usage(tmp_path: Path) -> None:
    """Exit code 2, with what would have been right."""
    assert coinbell("rnu", cwd=tmp_path).returncode == 2
    assert coinbell("demo", "--port", "99999", cwd=tmp_path).returncode == 2
    assert coinbell(cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("tool", ["parse", "understand", "stories"])
def test_a_tool_tells_what_it_reads_and_every_field_that_it_prints(
    tool: str, tmp_path: Path
) -> None:
    """Whoever pipes something in need not read the source."""
    article = {"id": 7, "title": "Bitcoin rises 5% to $95,000", "published_at": 1768392000}
    feed = b'<rss version="2.0"><channel><item><title>T</title></item></channel></rss>'
    stdin = feed if tool == "parse" else json.dumps(article).encode()
    (printed,) = coinbell(tool, cwd=tmp_path, stdin=stdin).stdout.splitlines()
    told = coinbell(tool, "--help", cwd=tmp_path).stdout.decode()
    assert "\ninput" in told
    words = set(re.findall(r"\w+", told))
    line = json.loads(printed)
    inner = [each for field in line.values() if isinstance(field, list) for each in field]
    assert {*line, *(name for each in inner for name in each)} <= words


def test_parse_prints_a_feeds_items_as_json_lines(tmp_path: Path) -> None:
    """The tool that shows what the bot makes of a feed."""
    feed = (
        b'<rss version="2.0"><channel><title>t</title><item><guid>1</guid>'
        b"<title>Bitcoin &amp;amp; friends</title></item></channel></rss>"
    )
    done = coinbell("parse", cwd=tmp_path, stdin=feed)
    (line,) = done.stdout.decode().splitlines()
    assert done.returncode == 0
    assert json.loads(line)["title"] == "Bitcoin & friends"
    assert json.loads(line)["id"] == "1"


def test_parse_refuses_what_is_no_feed(tmp_path: Path) -> None:
    """Exit code 1 and the reason."""
    done = coinbell("parse", cwd=tmp_path, stdin=b"<html><body>Hello</body></html>")
    assert done.returncode == 1
    assert b"web page" in done.stderr
    assert b"Traceback" not in done.stderr


async def test_run_serves_until_sigterm(tmp_path: Path) -> None:
    """The process starts, answers, and ends by itself when it is told to."""
    async with TelegramServer(TOKEN) as server:
        alice = server.world.add_user("Alice", started=True)
        server.world.say(alice.id, alice.id, "/help")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=tmp_path,
            env=_environment(
                {
                    "COINBELL_TELEGRAM__TOKEN": TOKEN,
                    "COINBELL_TELEGRAM__API_URL": server.api_url,
                    "COINBELL_WEB__LISTEN": "127.0.0.1:0",
                    "COINBELL_PRICES__PROVIDERS": "coingecko",
                    "COINBELL_PRICES__COINGECKO__API_URL": f"{server.api_url}/none",
                }
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        await server.wait_for_sent(1, timeout_seconds=30)
        process.send_signal(signal.SIGTERM)
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert TOKEN.encode() not in output
    assert b"Traceback" not in output


async def test_check_says_what_is_well_and_what_is_not(tmp_path: Path) -> None:
    """A line each for token, database, prices and sources, and exit code 1 when one fails."""
    async with TelegramServer(TOKEN) as server:
        environ = {
            "COINBELL_TELEGRAM__TOKEN": TOKEN,
            "COINBELL_TELEGRAM__API_URL": server.api_url,
            "COINBELL_PRICES__PROVIDERS": "coingecko",
            "COINBELL_PRICES__COINGECKO__API_URL": f"{server.api_url}/none",
            "COINBELL_SOURCES": json.dumps(
                [{"key": "wire", "url": f"{server.api_url}/missing.xml"}]
            ),
        }
        done = await asyncio.to_thread(coinbell, "check", cwd=tmp_path, environ=environ)
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 1
    assert lines[0] == "ok    configuration"
    assert lines[1].startswith("ok    token: belongs to @coinbell_bot")
    assert lines[2].startswith("ok    database:")
    assert lines[3].startswith("FAILS prices coingecko:")
    assert lines[4].startswith("FAILS source wire:")
    assert "see its url" in lines[4]


CANDLES = b"open_time,open,high,low,close,volume\n2026-01-05T00:00:00Z,94000,96000,93000,95500,1\n"


def test_replay_prints_what_an_alert_would_have_fired(tmp_path: Path) -> None:
    """A line of JSON for each firing."""
    arguments = ("replay", "--asset", "BTC", "--alert", "> 95k repeat")
    done = coinbell(*arguments, cwd=tmp_path, stdin=CANDLES)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert (found["time"], found["price"]) == ("2026-01-05T00:00:00Z", "95000")


@pytest.mark.parametrize(
    ("words", "stdin", "code", "told"),
    [
        ("> lots", CANDLES, 2, "“lots”"),
        ("funding > 0.05%", CANDLES, 2, "funding"),
        ("> 95k", b"nothing", 1, "missing: open_time"),
        ("> 95k", b"\xff\xfe", 1, "UTF-8"),
    ],
)
def test_replay_refuses_in_one_line(
    tmp_path: Path, words: str, stdin: bytes, code: int, told: str
) -> None:
    """Exit code 2 for the words of the alert, 1 for the candles."""
    done = coinbell("replay", "--asset", "BTC", "--alert", words, cwd=tmp_path, stdin=stdin)
    (line,) = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (code, b"")
    assert line.startswith("coinbell: ")
    assert told in line
