"""The command line.

Owns arguments, exit codes and what is printed. Exit codes: 0 done, 1 refused or failed, 2 usage
or configuration. Refuses tracebacks for what an operator can mend: those get one clear line.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bot import logs
from bot.config import Settings, load_settings
from bot.domain.errors import CoinbellError, ConfigError, DatabaseUnreachable

DONE, FAILED, USAGE = 0, 1, 2
_DEFAULT_CONFIG = Path("config.toml")


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

    run = commands.add_parser("run", help="run the bot")
    _add_config(run)
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="check configuration, token, database and sources")
    _add_config(check)
    check.set_defaults(command=_check)

    demo = commands.add_parser("demo", help="run the bot against a local Telegram, without a token")
    demo.add_argument("--port", type=_port, default=8080, help="of the page (default 8080)")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    demo.set_defaults(command=_demo)

    parse = commands.add_parser("parse", help="a feed on standard input as JSON lines")
    parse.set_defaults(command=_parse)
    return parser


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

    for line in item_lines(sys.stdin.buffer.read()):
        print(line)
    return DONE
