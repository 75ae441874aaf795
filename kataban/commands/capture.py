"""`capture`: one live answer as a new fixture case, masked and trimmed."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from kataban.crawling.capture import encoding_of, envelope_of, masked, trimmed, write_case
from kataban.crawling.look_verb import LookingCommand
from kataban.crawling.looking import Look, Looking
from kataban.items import Query
from kataban.verbs import InputError
from spiders.base import SourceSpider

KINDS = ("search", "detail", "seller")
FIXTURES = Path(__file__).parents[2] / "tests" / "sources"
SAVED, NOT_ANSWERED = 0, 4


class Command(LookingCommand):
    """Asks the real site, once for a search, twice for an item, three times for a seller."""

    def syntax(self) -> str:
        """The usage line."""
        return "SOURCE MODEL [--as search|detail|seller] [--case NAME] [--into FOLDER]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Save one live answer as a new fixture case, without keys and names"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--as", dest="as_", choices=KINDS, default="search",
                            help="the search (default), its first item, or that item's seller")
        parser.add_argument("--case", default="captured", help="name of the new case (default: captured)")
        parser.add_argument("--into", metavar="FOLDER", help="folder of the sources' cases (default: tests/sources)")
        parser.add_argument("--whole", action="store_true", help="do not trim the page")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Ask, mask, trim, write."""
        if len(args) != 2 or not re.fullmatch(r"[a-z0-9_]+", opts.case):
            raise InputError(f"say: capture {self.syntax()}; a case is named in small letters, digits and _")
        (spider,) = self.spiders([args[0]]).values()
        folder = Path(opts.into or FIXTURES) / spider.name / opts.case
        if folder.exists():
            raise InputError(f"{folder} is there already; name another --case")
        looking = Looking(Query(args[1]), KINDS[:KINDS.index(opts.as_) + 1])
        left = self.look({spider: looking})
        if left:
            raise InputError(f"{spider.name}: {left[spider.name].reason}")
        look = next((one for one in looking.looks if one.kind == opts.as_ and one.response is not None), None)
        if look is None:
            why = next((one.why.reason for one in looking.looks if one.why), f"there was no {opts.as_} to look at")
            self.say(f"nothing was saved: {why}")
            return NOT_ANSWERED
        self._write(spider, look, folder, whole=opts.whole)
        return SAVED

    def _write(self, spider: type[SourceSpider], look: Look, folder: Path, *, whole: bool) -> None:
        assert look.response is not None  # noqa: S101 - the caller has looked
        encoding = encoding_of(look.response)
        envelope = envelope_of(look)
        if not whole:
            envelope = trimmed(spider(), envelope, encoding)
        write_case(folder, masked(envelope, [*look.found, look.about], encoding))
        sys.stdout.write(f"{folder}\n")
        if look.why is not None:
            self.say(f"the source could not look: {look.why}")
        self.say("read the saved page for what is left of people's data, then run the source's tests: the first run"
                 " writes expected.json, to be read by eye")
