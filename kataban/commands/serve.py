"""`serve`: the page with its buttons, on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import uvicorn

from kataban.ending_verbs import EndingCommand
from kataban.verbs import InputError
from kataban.web.doors import Doors, is_loopback
from kataban.web.pages import View
from kataban.web.server import Site

SHORTEST_PASSWORD = 12


class Command(EndingCommand):
    """Reads the database, and keeps what the buttons say."""

    def syntax(self) -> str:
        """The usage line."""
        return "[--host ADDRESS] [--port N] [--name HOSTNAME]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Serve the page with its buttons on this machine"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS",
                            help="another address than this machine's own needs KATABAN_WEB_TOKEN")
        parser.add_argument("--port", type=int, default=8017, metavar="N")
        parser.add_argument("--name", action="append", default=[], metavar="HOSTNAME",
                            help="a name or address by which other machines call this one")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Serve until Ctrl-C."""
        if args:
            raise InputError(f"say: serve {self.syntax()}")
        doors = _doors(opts)
        site = Site(self.open_database(), View(self.language, self.terms, self.library, self.look_again), doors)
        if sys.stderr.isatty():
            sys.stderr.write(f"http://{opts.host}:{opts.port}/  (Ctrl-C ends it)\n")
        uvicorn.run(site.app(), host=opts.host, port=opts.port, log_level="warning", access_log=False,
                    server_header=False, proxy_headers=False, timeout_graceful_shutdown=2)
        return 0


def _doors(opts: argparse.Namespace) -> Doors:
    password = os.environ.get("KATABAN_WEB_TOKEN", "").strip() or None
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise InputError(f"KATABAN_WEB_TOKEN is shorter than {SHORTEST_PASSWORD} characters")
    if password is None and not is_loopback(opts.host):
        raise InputError(f"--host {opts.host} would let other machines in: set KATABAN_WEB_TOKEN first")
    names = {name.lower() for name in (*opts.name, opts.host)} - {"0.0.0.0", "::"}  # noqa: S104 - addresses of none
    return Doors(frozenset(names), password)
