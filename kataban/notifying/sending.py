"""Sending through apprise, whose addresses hold the user's tokens: only their masked form is ever shown."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import apprise

MARK = "[redacted]"
_WORD = re.compile(r"[^/?&=@:,\s]{5,}")


class TargetError(Exception):
    """An address that apprise does not know; the message is one line without its tokens."""


@dataclass(slots=True)
class Target:
    """One address to send to. `key` stands for it in the database, `shown` for people."""

    url: str = field(repr=False)
    key: str
    shown: str
    sender: apprise.Apprise = field(repr=False)
    complaint: str = ""

    def send(self, title: str, body: str) -> bool:
        """True when the service took the message; else `complaint` says what is known of why not."""
        with _listening() as told:
            taken = bool(self.sender.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT))
        self.complaint = "" if taken else _masked(told[-1] if told else "refused", self.url)
        return taken


def target_of(url: str, number: int) -> Target:
    """The target of an apprise address. TargetError when it is none; `number` names it then."""
    sender = apprise.Apprise(asset=apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY))
    with _listening():
        known = sender.add(url)
    if not known:
        raise TargetError(f"KATABAN_NOTIFY: address {number} is none that apprise knows ({url.partition(':')[0]}:...)")
    return Target(url, hashlib.sha256(url.encode()).hexdigest()[:16], str(sender[0].url(privacy=True)),  # type: ignore[no-untyped-call]
                  sender)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What apprise says meanwhile, which goes to no log: its lines may hold whole addresses."""
    told: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                told.append(record.getMessage())

    logger, ear = logging.getLogger("apprise"), Ear()
    before = logger.propagate, logger.handlers
    logger.propagate, logger.handlers = False, [ear]
    try:
        yield told
    finally:
        logger.propagate, logger.handlers = before


def _masked(text: str, url: str) -> str:
    words = sorted(set(_WORD.findall(url.partition("://")[2])), key=len, reverse=True)
    for word in words:
        text = text.replace(word, MARK)
    return text
