"""Troubles of a whole run: nobody can be reached, the run is killed, two runs at once."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.main_job.market import ROOT, Market

PLAIN = ("rakuten_ichiba", "rakuma", "yahoo_shopping", "web_search", "independent_shops")


def test_nobody_can_be_reached(tmp_path: Path) -> None:
    ports = {"KATABAN_SAMPLE_PORT": "9", "KATABAN_ALLOW_HOSTS": "127.0.0.1:9", "RAKUTEN_APPLICATION_ID": "market-id",
             "RAKUTEN_ACCESS_KEY": "market-key", "YAHOO_CLIENT_ID": "market-yahoo", "BRAVE_API_KEY": "market-brave"}
    market = Market(tmp_path, ports)
    done = market.python("-m", "scrapy", "search", *PLAIN, "--queue", str(few_orders(market)), "-s",
                         "ASK_AGAIN_SECONDS=0.01")
    assert done.returncode == 4, done.stderr
    outcomes = Counter(covered["outcome"] for answer in market.answers() for covered in answer["coverage"].values())
    assert outcomes
    assert not set(outcomes) & {"nothing", "found", "partial", "answered"}


def few_orders(market: Market) -> Path:
    """The first four sample orders."""
    path = market.queue()
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:5]) + "\n", encoding="utf-8")
    return path


@contextmanager
def serving(market: Market) -> Any:
    """The market, open while several commands come and go; yields their environment."""
    serve = subprocess.Popen([sys.executable, "-m", "kataban.sample_market", "serve"], cwd=ROOT,
                             env=market.environment, stdout=subprocess.PIPE, text=True)
    try:
        assert serve.stdout is not None
        exported = dict(market.extra)
        while "KATABAN_ALLOW_HOSTS" not in exported or "BRAVE_API_KEY" not in exported:
            name, _, value = serve.stdout.readline().removeprefix("export ").strip().partition("=")
            exported[name] = value
        yield Market(market.home, exported)
    finally:
        serve.terminate()
        serve.wait(timeout=20)


def search(market: Market, *sources: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "scrapy", "search", *sources, "--queue", str(market.queue())],
                            cwd=ROOT, env=market.environment, stderr=subprocess.PIPE, text=True)


def projection(market: Market) -> dict[str, list[Any]]:
    """What a run is to leave behind, whatever happened to it on the way."""
    with sqlite3.connect(market.home / "kataban.db") as connection:
        return {name: connection.execute(query).fetchall() for name, query in {
            "listings": "SELECT l.source, l.listing_id, l.url, l.title, l.description, l.attributes, l.price, "
                        "l.availability, l.condition, l.gtin, l.mpn, l.detail_read, l.grade, j.verdict, q.key "
                        "FROM listings l JOIN judgements j ON j.listing_pk = l.id JOIN queries q ON q.id = j.query_id "
                        "ORDER BY 1, 2, q.key",
            "outcomes": "SELECT q.key, s.source, s.outcome, s.complete FROM latest_searches s "
                        "JOIN queries q ON q.id = s.query_id ORDER BY 1, 2",
            "alternatives": "SELECT order_id, source, listing_id, purchase, total FROM purchasable_alternatives "
                            "ORDER BY 1, 2, 3",
        }.items()}


def asked(market: Market) -> Counter[tuple[Any, ...]]:
    """How often each address was asked, by the server's log; robots.txt is each run's own to read."""
    return Counter((r["host"], r["method"], r["path"], json.dumps(r["query"])) for r in market.requests()
                   if r["path"] != "/robots.txt")


def test_a_killed_run_loses_nothing_and_asks_nothing_twice(tmp_path: Path) -> None:
    with serving(Market(tmp_path / "whole", {})) as whole:
        few_orders(whole)
        assert search(whole, *PLAIN).wait(timeout=200) in (0, 3)
    with serving(Market(tmp_path / "killed", {})) as killed:
        few_orders(killed)
        kills = 0
        for requests in (6, 12, 18, 26, 34):
            run = search(killed, *PLAIN)
            while run.poll() is None and killed.requests_so_far() < requests:  # a moment of the work, not of the clock
                time.sleep(0.05)
            kills += run.poll() is None
            run.kill()
            run.wait()
        assert kills == 5
        assert search(killed, *PLAIN).wait(timeout=200) in (0, 3)
    assert projection(killed) == projection(whole)
    again = {url: count - asked(whole)[url] for url, count in asked(killed).items() if count > asked(whole)[url]}
    # At a kill each source has at most one request on its way (independent_shops one a host).
    assert sum(again.values()) <= kills * (len(PLAIN) + 3)
    assert not list((killed.home / "answers").glob("*/*"))


def test_two_runs_at_once_ask_everything_once(tmp_path: Path) -> None:
    with serving(Market(tmp_path, {})) as market:
        few_orders(market)
        first = search(market, "rakuten_ichiba", "rakuma")
        time.sleep(1.5)
        second = search(market, "rakuten_ichiba", "rakuma")
        codes = {first.wait(timeout=200), second.wait(timeout=200)}
    assert codes <= {0, 3, 5}
    assert max(asked(market).values()) == 1


def test_no_host_is_asked_faster_than_its_gap_while_two_runs_work(tmp_path: Path) -> None:
    with serving(Market(tmp_path, {})) as market:
        few_orders(market)
        command = [sys.executable, "-m", "scrapy", "search", "--queue", str(market.queue()), "-s", "DOWNLOAD_DELAY=0.4"]
        runs = [subprocess.Popen([*command, *names], cwd=ROOT, env=market.environment, stderr=subprocess.DEVNULL)
                for names in (("rakuten_ichiba", "rakuma"), ("yahoo_shopping", "web_search", "independent_shops"))]
        assert all(run.wait(timeout=200) in (0, 3) for run in runs)
    moments: dict[str, list[float]] = {}
    for request in market.requests():
        moments.setdefault(request["host"], []).append(request["monotonic"])
    gaps = [later - earlier for times in moments.values() for earlier, later in pairwise(times)]
    assert len(gaps) > 10
    assert min(gaps) >= 0.4
