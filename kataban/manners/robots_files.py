"""The robots.txt files we know: read, understood, and kept on disk for at most a day."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

logger = logging.getLogger(__name__)
# RFC 9309 wants 500 KiB at least; more than this is cut at a line's end.
PARSED_BYTES = 1024 * 1024
LINE = re.compile(r"^[ \t]*(?:user-?agent|disallow|allow|sitemap|crawl-delay|host|clean-param|request-rate|visit-time|"
                  r"noindex|content-signal|content-usage|license)[ \t]*:", re.IGNORECASE | re.MULTILINE)
# "User-agent: Kataban/1.0" names our token too; Protego compares it whole.
AGENT_LINE = re.compile(r"^([ \t]*user-?agent[ \t]*:[ \t]*[^\s/#]+)[^\r\n]*", re.IGNORECASE | re.MULTILINE)
WRITING = re.compile(r"^[ \t]*[^#\s]", re.MULTILINE)  # a line that is neither empty nor a comment


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us. An absent file allows everything."""

    parsed: Protego
    agent: str
    crawl_delay: float | None = field(init=False)

    def __post_init__(self) -> None:
        delay = self.parsed.crawl_delay(self.agent)
        rate = self.parsed.request_rate(self.agent)
        asked = [float(delay)] if delay else []
        if rate and rate.requests:
            asked.append(rate.seconds / rate.requests)
        object.__setattr__(self, "crawl_delay", max(asked, default=None))

    def allow(self, url: str) -> bool:
        """May the address be asked?"""
        return bool(self.parsed.can_fetch(url, self.agent))


def text_of(body: bytes) -> str:
    """The file's text, as much of it as is read."""
    if len(body) > PARSED_BYTES:
        body = body[:PARSED_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", errors="ignore").replace("\x00", "")


def is_robots_text(text: str) -> bool:
    """False for HTML, JSON and plain sentences: some text stands there, and none of it is a line of robots.txt."""
    start = text.lstrip()[:1]
    return start not in ("<", "{", "[") and (LINE.search(text) is not None or WRITING.search(text) is None)


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


class RobotsFiles:
    """Known files in memory and under `folder`; only definite answers (rules, or "there is none") are kept.

    `agent` is our product token, `seconds` the age at which a file is forgotten.
    """

    def __init__(self, folder: Path, agent: str, seconds: float) -> None:
        self._folder = folder
        self._agent = agent
        self._seconds = seconds
        self._known: dict[str, tuple[float, Rules | None]] = {}

    def get(self, origin: str) -> Rules | None:
        """The rules of the origin, None when they must be asked for."""
        read_at, rules = self._known.get(origin, (0.0, None))
        if rules is None or not self._fresh(read_at):
            read_at, rules = self._load(origin)
            self._known[origin] = (read_at, rules)
        return rules

    def put(self, origin: str, text: str) -> Rules:
        """Keep what the origin just answered; empty text stands for "there is none"."""
        rules = self._parse(text)
        now = time.time()
        self._known[origin] = (now, rules)
        self._save(origin, {"origin": origin, "read_at": now, "text": text})
        return rules

    def crawl_delay(self, host: str) -> float | None:
        """The Crawl-delay in seconds that the host's known files ask of us."""
        delays = [self._delay_in_memory(f"{scheme}://{host}") for scheme in ("https", "http")]
        return max((delay for delay in delays if delay is not None), default=None)

    def _delay_in_memory(self, origin: str) -> float | None:
        if origin not in self._known:
            self.get(origin)
        rules = self._known[origin][1]
        return None if rules is None else rules.crawl_delay

    def _parse(self, text: str) -> Rules:
        return Rules(Protego.parse(AGENT_LINE.sub(r"\1", text)), self._agent)

    def _fresh(self, read_at: float) -> bool:
        return 0.0 <= time.time() - read_at < self._seconds  # a time in the future comes from a clock that jumped

    def _path(self, origin: str) -> Path:
        readable = re.sub(r"[^a-z0-9.-]+", "_", origin)[:100]
        return self._folder / f"{readable}-{hashlib.sha256(origin.encode()).hexdigest()[:12]}.json"

    def _load(self, origin: str) -> tuple[float, Rules | None]:
        try:
            kept = json.loads(self._path(origin).read_text("utf-8"))
            read_at, text = float(kept["read_at"]), str(kept["text"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0, None
        if kept.get("origin") != origin or not self._fresh(read_at):
            return 0.0, None
        return read_at, self._parse(text)

    def _save(self, origin: str, kept: dict[str, object]) -> None:
        path = self._path(origin)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
            temporary.replace(path)
        except OSError as error:  # known in memory all the same; the next run asks again
            logger.warning("cannot keep robots.txt of %s: %s", origin, error)
