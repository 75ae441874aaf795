"""The market's request log: one JSON line per request, written by the server, read by tests and acceptance."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from protego import Protego


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it. `monotonic` and `wall` are seconds; `tls` tells the browser from Scrapy."""

    monotonic: float
    wall: float
    host: str
    method: str
    path: str
    query: str
    status: int
    user_agent: str
    tls: bool
    body: str = ""

    @property
    def url(self) -> str:
        """The address as the sources know it."""
        return f"https://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")


def home() -> Path:
    """The sample market's state folder: KATABAN_HOME, else var/sample under the current folder."""
    return Path(os.environ.get("KATABAN_HOME") or "var/sample")


def log_path() -> Path:
    """Where the server writes."""
    return home() / "market-requests.jsonl"


def write(stream: IO[str], seen: Seen) -> None:
    """Append one line; flushed, so that a reader beside the running server sees it."""
    stream.write(json.dumps(asdict(seen), ensure_ascii=False) + "\n")
    stream.flush()


def read(path: Path | None = None) -> list[Seen]:
    """All requests so far, oldest first; none when there is no log yet."""
    path = path or log_path()
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return [Seen(**json.loads(line)) for line in lines if line.strip()]


def gaps(requests: Iterable[Seen]) -> dict[str, float]:
    """The smallest gap in seconds between two requests of each host; hosts asked once are left out."""
    times: dict[str, list[float]] = defaultdict(list)
    for seen in requests:
        times[seen.host].append(seen.wall)
    return {host: min(b - a for a, b in zip(sorted(at), sorted(at)[1:], strict=False))
            for host, at in times.items() if len(at) > 1}


def repeats(requests: Iterable[Seen]) -> dict[str, int]:
    """How often each address was asked, where it was more than once. A POST's body belongs to the address."""
    counts = Counter(f"{seen.method} {seen.url} {seen.body}".strip() for seen in requests)
    return {address: count for address, count in counts.items() if count > 1}


def past_robots(requests: Iterable[Seen], robots: dict[str, str], agent: str = "Kataban") -> list[Seen]:
    """The requests that robots.txt of their host (`robots`: host -> text) does not allow to `agent`."""
    rules = {host: Protego.parse(text) for host, text in robots.items()}
    return [seen for seen in requests if seen.path != "/robots.txt" and seen.host in rules
            and not rules[seen.host].can_fetch(seen.url, agent)]
