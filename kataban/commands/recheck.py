"""`recheck`: fetch again the pages of an order's best alternatives, now, and say what changed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from kataban.answer_table import gone_line
from kataban.crawling.launch import DONE, NOT_ALL_LOOKED, NOTHING_CHECKED
from kataban.crawling.recheck import Change, Recheck, changes, recheck
from kataban.crawling.verb import CrawlingCommand
from kataban.items import WantedState
from kataban.results.database import Database
from kataban.results.queries import Answer, Offer, answers
from kataban.results.shapes import gone_shape
from kataban.results.vanished import Vanished
from kataban.results.words import find_wanted
from kataban.verbs import InputError
from kataban.web.report import write_report
from kataban.web.shown import brief, yen
from kataban.web.words import word

WORDS = {
    "en": {"same": "unchanged", "failed": "could not look", "none": "no alternative to look at"},
    "ja": {"same": "変わりなし", "failed": "確認できず", "none": "確かめる候補がありません"},
}


class Command(CrawlingCommand):
    """ORDER is an order id or a wanted id."""

    requires_crawler_process = True

    def syntax(self) -> str:
        """The usage line."""
        return "[--format lines|json] ORDER"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Look again at an order's best alternatives, right before buying"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--format", choices=("lines", "json"), default="lines")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Fetch the pages and print what changed; 3 when some could not be looked at, 4 when none could."""
        if len(args) != 1:
            raise InputError(f"say: recheck {self.syntax()}")
        database = self.open_database()
        before = _answers(database, args[0])
        run = Recheck(database, self.state)
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)  # noqa: S101
        recheck(self.crawler_process, run, before)
        after = _answers(database, args[0])
        found = changes(before, after, run.failed)
        gone = [entry for answer in after for entry in answer.gone]
        write_report(database, self.state, self.language, self.terms)
        if opts.format == "json":
            print(json.dumps([_shape(change, gone) for change in found], ensure_ascii=False, indent=1))  # noqa: T201
        else:
            for change in found:
                print(line(change, self.language))  # noqa: T201 - what the command is asked for
            for entry in {(entry.source, entry.listing_id): entry for entry in gone}.values():
                print(gone_line(entry, self.language))  # noqa: T201
            if not found:
                print(WORDS[self.language]["none"])  # noqa: T201
        failed = sum(change.failed is not None for change in found)
        return DONE if not failed else NOTHING_CHECKED if failed == len(found) else NOT_ALL_LOOKED


def _answers(database: Database, order: str) -> list[Answer]:
    with database.reading() as connection:
        ids = [row["id"] for row in find_wanted(connection, order)]
        if not ids:
            raise InputError(f"no wanted row or order {order}")
        return answers(connection, datetime.now(UTC), ids=ids, states=list(WantedState))


def line(change: Change, language: str) -> str:
    """One alternative in one line: where, what it was, what it is."""
    words, listing = WORDS[language], change.before.listing
    place = f"{word(f'places.{listing.source}', language)} {listing.url}"
    if change.failed is not None or change.after is None:
        why = change.failed
        return f"{place}: {words['failed']}{f': {why.outcome.value}: {why.reason}' if why else ''}"
    now = _said(change.after, language)
    told = f"{_said(change.before, language)} → {now}" if change.fields else f"{words['same']}: {now}"
    return f"{place}: {told} ({brief(change.after.listing.seen_at)})"


def _said(offer: Offer, language: str) -> str:
    listing = offer.listing
    cost = yen(offer.total) or yen(listing.price) or word("offer.no_price", language).format("")
    stock = word(f"availability.{listing.availability.value}", language)
    buy = word(f"offer.{offer.purchase.value}", language) if offer.purchase else word(
        f"verdict.{offer.verdict.value}", language)
    return f"{cost}, {stock}, {buy}"


def _shape(change: Change, gone: Sequence[Vanished]) -> dict[str, Any]:
    listing = change.before.listing
    lost = next((entry for entry in gone if entry.source == listing.source
                 and entry.listing_id == listing.listing_id), None)
    return {
        "source": listing.source, "listing_id": listing.listing_id, "url": listing.url,
        "changed": list(change.fields), "before": _values(change.before),
        "after": _values(change.after) if change.after is not None and change.failed is None else None,
        "could_not_look": None if change.failed is None else {
            "outcome": change.failed.outcome.value, "reason_code": change.failed.reason_code,
            "reason": change.failed.reason},
        "gone": None if lost is None else gone_shape(lost),
    }


def _values(offer: Offer) -> dict[str, Any]:
    listing = offer.listing
    return {
        "price": listing.price, "shipping": listing.shipping, "total": offer.total,
        "availability": listing.availability.value, "verdict": offer.verdict.value,
        "purchase": offer.purchase.value if offer.purchase else None,
        "seen_at": listing.seen_at.isoformat() if listing.seen_at else None,
    }
