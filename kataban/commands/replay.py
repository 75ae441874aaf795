"""`replay`: one saved answer through one source's own code; what the crawl would read from it, as one JSON object."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from scrapy.http import TextResponse

from kataban.crawling.accounts import Account
from kataban.crawling.replay import Envelope, Replayed, plain, read_envelope, replay, response_of
from kataban.crawling.sources import all_sources
from kataban.parsers.product import RawProduct, read_product
from kataban.verbs import InputError, KatabanCommand
from matcher import compile_query, judge_listing
from spiders.base import SourceSpider

CALLBACKS = ("search", "detail", "seller", "lead")


class Command(KatabanCommand):
    """SOURCE FILE, or SOURCE ENVELOPE.json as the fixtures are."""

    def syntax(self) -> str:
        """The usage line."""
        return "SOURCE FILE|ENVELOPE.json [options]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Read one saved answer with a source's own code"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--url", help="the answer's final address (default: the source's site)")
        parser.add_argument("--status", type=int, default=200)
        parser.add_argument("--header", action="append", default=[], metavar="NAME:VALUE")
        parser.add_argument("--page-json", metavar="FILE", help="the JSON that the page itself loaded")
        parser.add_argument("--as", dest="as_", choices=CALLBACKS, default="search")
        parser.add_argument("--model", default="", help="the model number asked for, to judge the listings by")
        parser.add_argument("--product", action="store_true", help="add the raw product, any currency, as read")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the object; 2 for a file that cannot be used, whatever the page holds otherwise."""
        if len(args) != 2:
            raise InputError(f"say: replay {self.syntax()}")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        spiders = all_sources(self.settings)
        if args[0] not in spiders:
            raise InputError(f"unknown source {args[0]}; known are: {', '.join(spiders)}")
        spider = spiders[args[0]]()
        envelope = _envelope(spider, Path(args[1]), opts)
        json.dump(_shape(spider, envelope, product=opts.product), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return 0


def _envelope(spider: SourceSpider, path: Path, opts: argparse.Namespace) -> Envelope:
    try:
        envelope = _saved(path) or _bare(spider, path, opts)
        if opts.page_json:
            envelope.page_json = msgspec.json.decode(Path(opts.page_json).read_bytes(), type=list[dict[str, Any]])
    except OSError as error:
        raise InputError(f"{error.filename or path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise InputError(f"{opts.page_json} is no list of url, status and json: {error}") from error
    envelope.model_number = opts.model or envelope.model_number
    return envelope


def _saved(path: Path) -> Envelope | None:
    """The envelope at `path`; None when the file is an answer's body."""
    try:
        return read_envelope(path) if path.suffix == ".json" else None
    except msgspec.MsgspecError:
        return None


def _bare(spider: SourceSpider, path: Path, opts: argparse.Namespace) -> Envelope:
    headers = dict(_header(line) for line in opts.header)
    if path.suffix == ".json":
        headers.setdefault("Content-Type", "application/json")
    return Envelope(url=opts.url or spider.site, status=opts.status, as_=opts.as_, body=path.read_bytes(),
                    headers={**headers})


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise InputError(f"--header wants NAME:VALUE, not {line}")
    return name.strip(), value.strip()


def _shape(spider: SourceSpider, envelope: Envelope, *, product: bool) -> dict[str, Any]:
    read = replay(spider, envelope)
    shape = read.plain()
    if envelope.model_number:
        _judge(envelope, read, shape, spider)
    if product:
        response = response_of(envelope)
        text = response.text if isinstance(response, TextResponse) else ""
        shape["product"] = _plain_product(read_product(text, envelope.url).product)
    return shape


def _judge(envelope: Envelope, read: Replayed, shape: dict[str, Any], spider: SourceSpider) -> None:
    """Add the matcher's verdict to every listing and, for a page of results, the Outcome that follows from it."""
    asked = compile_query(envelope.model_number, maker=envelope.maker, jan=envelope.jan)
    account = Account(spider.name, gives_leads=spider.gives_leads)
    if read.page is not None:
        account.page(read.page)
    for listing, shown in zip(read.listings, shape["listings"], strict=True):
        judgement = judge_listing(asked, listing)
        shown["judgement"] = plain(judgement)
        account.stored(judgement.verdict, detail_read=listing.detail_read)
    if read.outcome is None and read.page is not None:
        if read.next_requests:
            account.cut = "there are further pages"
        ending = account.ending()
        shape |= {"outcome": ending.outcome.value, "reason_code": ending.reason_code, "reason": ending.reason}


def _plain_product(product: RawProduct) -> dict[str, str | None]:
    """What was read of the product; the price as a decimal number in its own currency."""
    names = ("name", "price", "currency", "brand", "mpn", "sku", "gtin")
    shown = {name: None if getattr(product, name) is None else str(getattr(product, name)) for name in names}
    return {**shown, "availability": product.availability.value}
