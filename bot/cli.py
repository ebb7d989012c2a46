"""The command line.

Owns arguments, exit codes and what is printed. Exit codes: 0 done, 1 refused or failed, 2 usage
or configuration. Refuses tracebacks for what an operator can mend: those get one clear line.
"""

import argparse
import asyncio
import html
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot import logs
from bot.config import Settings, load_settings
from bot.domain.errors import (
    ArgumentError,
    CoinbellError,
    ConfigError,
    DatabaseUnreachable,
    ParseError,
)

DONE, FAILED, USAGE = 0, 1, 2
_DEFAULT_CONFIG = Path("config.toml")

_ARTICLES_HELP = """\
input, a line for each article, of which any field may be missing:
  id            what it goes by in the output (else the number of its line)
  title, summary, body   text or HTML
  url           its address
  categories    a list of names
  language      such as en or pt-BR
  source        the key of its source
  published_at  ISO 8601, or seconds since 1970
  sentiment     POSITIVE, NEUTRAL or NEGATIVE, where its source judged it
"""
_PARSE_HELP = """\
input: the bytes of a feed: RSS, RDF, Atom or JSON Feed

output, a line for each item, in the feed's order:
  id            the feed's own, or one made from the item
  title, summary, body   plain text
  url, image_url   absolute addresses, or null
  published_at  such as 2026-01-14T12:00:00Z, or null
  categories    a list of names
  language      such as en or pt-BR, or null

example: coinbell parse < feed.xml
"""
_UNDERSTAND_HELP = f"""\
{_ARTICLES_HELP}
output, a line for each article:
  id, title, summary   cleaned; summary_reason
  assets        a list of: symbol, asset_id, role (primary or mentioned), reason
  categories    a list of: name, reason
  sentiment     POSITIVE, NEUTRAL or NEGATIVE; sentiment_score from -1 to 1, sentiment_reason
  figures       a list of: kind (price, level, move, liquidation, flow, funding), asset, value
                (a decimal as text), unit (a currency, a symbol or %), role (support, resistance,
                target, reached, all_time_high or null), period (such as 24h, or null), words
  importance    from 0 to 100; importance_reason
  language      as given, or found

example: coinbell parse < feed.xml | coinbell understand
"""
_STORIES_HELP = f"""\
{_ARTICLES_HELP}
output, a line for each article, in their order:
  id            as in the input
  story         a number, equal for articles that tell one story

Articles join the stories of those before them. One without a time was published at the first
time that any line gives.

example: coinbell parse < feed.xml | coinbell stories
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    options.redaction = logs.configure(options.log_level)
    try:
        code: int = options.command(options)
    except (ConfigError, DatabaseUnreachable) as error:
        _complain(options, error)
        return USAGE
    except CoinbellError as error:
        _complain(options, error)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coinbell",
        description="A Telegram bot that rings when crypto news breaks or a price crosses a line.",
    )
    parser.add_argument("--version", action="version", version=f"coinbell {version('coinbell')}")
    parser.add_argument(
        "--log-level", choices=logs.LEVELS, default="info", help="how much is logged"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_bot(commands)
    _add_tools(commands)
    _add_chores(commands)
    return parser


def _add_bot(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="run the bot")
    _add_config(run)
    run.set_defaults(command=_run)

    check = commands.add_parser(
        "check", help="check configuration, token, database, prices and sources"
    )
    _add_config(check)
    check.set_defaults(command=_check)

    demo = commands.add_parser("demo", help="run the bot against a local Telegram, without a token")
    demo.add_argument("--port", type=_port, default=8080, help="of the page (default 8080)")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(command=_demo)


def _add_tools(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What reads standard input and prints what the bot makes of it."""
    for name, told, fields, command in (
        ("parse", "a feed on standard input as JSON lines", _PARSE_HELP, _parse),
        (
            "understand",
            "what is understood of articles, JSON lines to JSON lines",
            _UNDERSTAND_HELP,
            _understand,
        ),
        (
            "stories",
            "which articles tell one story, JSON lines to JSON lines",
            _STORIES_HELP,
            _stories,
        ),
    ):
        tool = commands.add_parser(
            name,
            help=told,
            description=f"Print {told}.",
            epilog=fields,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        tool.set_defaults(command=command)
    replay = commands.add_parser("replay", help="what an alert fires on candles of CSV, as JSON")
    replay.add_argument("--asset", required=True, metavar="BTC", help="whose candles they are")
    replay.add_argument(
        "--alert", required=True, metavar="WORDS", help='as behind /alert BTC: "> 95000 repeat"'
    )
    replay.set_defaults(command=_replay)


def _add_chores(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What is done by hand to a bot's database."""
    sources = commands.add_parser("sources", help="the sources, as OPML")
    ways = sources.add_subparsers(required=True, metavar="ACTION")
    export = ways.add_parser("export", help="print them all as OPML")
    _add_config(export)
    export.set_defaults(command=_export_sources)
    adding = ways.add_parser("import", help="add the feeds of an OPML file")
    adding.add_argument("file", type=Path, metavar="FILE.opml")
    _add_config(adding)
    adding.set_defaults(command=_import_sources)

    assets = commands.add_parser("assets", help="the coins that are known")
    actions = assets.add_subparsers(required=True, metavar="ACTION")
    refresh = actions.add_parser("refresh", help="bring them up to date from CoinGecko")
    _add_config(refresh)
    refresh.set_defaults(command=_refresh_assets)


def _add_config(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"the settings (default: {_DEFAULT_CONFIG} where it exists; else the environment)",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65_535:  # noqa: PLR2004  # a port's range
        raise argparse.ArgumentTypeError(f"{text} is no port; use 0 to 65535")
    return int(text)


def _complain(options: argparse.Namespace, error: CoinbellError) -> None:
    print(f"coinbell: {options.redaction.redacted(error.log_text)}", file=sys.stderr)


def _settings(options: argparse.Namespace) -> Settings:
    path: Path | None = options.config
    if path is None and _DEFAULT_CONFIG.is_file():
        path = _DEFAULT_CONFIG
    settings = load_settings(path, os.environ)
    options.redaction = logs.configure(options.log_level, settings.secrets())
    return settings


def _run(options: argparse.Namespace) -> int:
    from bot.app import run_until_stopped  # noqa: PLC0415  # --version needs none of it

    asyncio.run(run_until_stopped(_settings(options)))
    return DONE


def _check(options: argparse.Namespace) -> int:
    from bot.checks import check_everything  # noqa: PLC0415  # --version needs none of it

    settings = _settings(options)
    print("ok    configuration")
    failed = 0
    for line in asyncio.run(check_everything(settings)):
        failed += not line.ok
        print(f"{'ok   ' if line.ok else 'FAILS'} {line.text}")
    return FAILED if failed else DONE


def _demo(options: argparse.Namespace) -> int:
    from bot.demo.demo import run_demo  # noqa: PLC0415  # only the demo needs it

    asyncio.run(run_demo(options.port, open_browser=not options.no_browser))
    return DONE


def _parse(_: argparse.Namespace) -> int:
    from bot.news.inspection import item_lines  # noqa: PLC0415  # feedparser is slow to load

    return _printed(item_lines(sys.stdin.buffer.read()))


def _understand(_: argparse.Namespace) -> int:
    from bot.news.inspection import understood_lines  # noqa: PLC0415  # slow to load

    return _printed(understood_lines(sys.stdin.buffer))


def _stories(_: argparse.Namespace) -> int:
    from bot.news.stories.story_lines import story_lines  # noqa: PLC0415  # slow to load

    return _printed(story_lines(sys.stdin.buffer))


def _replay(options: argparse.Namespace) -> int:
    from bot.domain.alert_words import read_condition  # noqa: PLC0415  # --version needs none
    from bot.domain.replaying import untold_figure  # noqa: PLC0415
    from bot.prices.replay import replay_lines  # noqa: PLC0415

    try:
        asked = read_condition(options.alert)
    except ArgumentError as error:
        print(f"coinbell: --alert: {_told(error)}", file=sys.stderr)
        return USAGE
    if (untold := untold_figure(asked.condition)) is not None:
        print(f"coinbell: --alert: candles tell nothing of {untold}", file=sys.stderr)
        return USAGE
    return _printed(replay_lines(options.asset, asked.condition, _input_lines()))


def _told(error: ArgumentError) -> str:
    """What a chat would be answered, its examples without the chat's command and coin."""
    from bot.chat.catalogue import Catalogue  # noqa: PLC0415  # polib is slow to load

    values: dict[str, Any] = {"example": "> 95000 repeat", **error.values}
    told = Catalogue.load().plain(None, error.argument_text_id, **values)
    return re.sub(r"/alert \S+ ", "", html.unescape(re.sub(r"</?code>", "", told)))


def _input_lines() -> Iterator[str]:
    """Standard input as text, a line at a time; raises ParseError where it is none."""
    try:
        yield from io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
    except UnicodeDecodeError as error:
        raise ParseError(f"standard input is no UTF-8 text: {error.reason}") from error


def _printed(lines: Iterable[str]) -> int:
    for line in lines:
        print(line)
    return DONE


def _refresh_assets(options: argparse.Namespace) -> int:
    from bot.chores import refresh_registry  # noqa: PLC0415  # --version needs none of it

    return _printed(asyncio.run(refresh_registry(_settings(options))))


def _export_sources(options: argparse.Namespace) -> int:
    from bot.chores import opml_of_sources  # noqa: PLC0415  # --version needs none of it

    sys.stdout.buffer.write(asyncio.run(opml_of_sources(_settings(options))))
    return DONE


def _import_sources(options: argparse.Namespace) -> int:
    from bot.chores import add_sources  # noqa: PLC0415  # --version needs none of it

    try:
        body = options.file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{options.file}: {error.strerror}; name an OPML file") from error
    return _printed(asyncio.run(add_sources(_settings(options), body)))
