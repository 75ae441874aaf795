"""`python -m kataban.sample_market serve | run -- COMMAND ... | orders OUT.csv | expected OUT.toml`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from kataban.sample_market import expected, log, orders
from kataban.sample_market.catalogue import CatalogueError, load
from kataban.sample_market.server import Server


def main(arguments: list[str] | None = None) -> int:
    """Exit code: the command's own for `run`, 2 for a catalogue that cannot be used, else 0."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.verb(options))
    except (CatalogueError, OSError) as error:
        print(f"sample market: {error}", file=sys.stderr)  # noqa: T201 - a command's one line
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kataban.sample_market", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    serve = verbs.add_parser("serve", help="serve until interrupted, after printing the environment to use")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--tls-port", type=int, default=0)
    serve.set_defaults(verb=_serve)
    run = verbs.add_parser("run", help="serve while a command runs in the market's environment")
    run.add_argument("command", nargs=argparse.REMAINDER)
    run.set_defaults(verb=_run)
    write = verbs.add_parser("orders", help="write the sample queue with real dates")
    write.add_argument("out", type=Path)
    write.set_defaults(verb=_orders)
    answers = verbs.add_parser("expected", help="write the right answers that follow from the catalogue")
    answers.add_argument("out", type=Path)
    answers.set_defaults(verb=_expected)
    return parser


def _serve(options: argparse.Namespace) -> int:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Server(load(), log.log_path(), port=options.port, tls_port=options.tls_port) as server:
        for name, value in server.environment().items():
            print(f"export {name}={value}", flush=True)  # noqa: T201 - this is what the verb is asked for
        stopped.wait()
    return 0


def _run(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        print("sample market: run needs a command after --", file=sys.stderr)  # noqa: T201
        return 2
    home = log.home().absolute()
    with Server(load(), home / log.log_path().name) as server:
        environment = {"SCRAPY_PROJECT": "sample", **os.environ, "KATABAN_HOME": str(home), **server.environment()}
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - the command is the user's own
        # Signals are meant for the command (a terminal sends it SIGINT itself); its exit code then is ours.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda number, _: child.send_signal(number))
        code = child.wait()
    return code if code >= 0 else 128 - code


def _orders(options: argparse.Namespace) -> int:
    count = orders.write(load(), options.out, datetime.now(UTC))
    print(f"{options.out}: {count} sample orders", file=sys.stderr)  # noqa: T201
    return 0


def _expected(options: argparse.Namespace) -> int:
    answers = expected.derive(load())
    options.out.write_text(expected.to_toml(answers), encoding="utf-8")
    print(f"{options.out}: {len(answers)} answers", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
