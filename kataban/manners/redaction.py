"""The user's keys never reach a log line, a stored address or an error text; a page's text cannot forge a log line."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from functools import lru_cache
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from scrapy.settings import BaseSettings

MARK = "[redacted]"
# Variables of the environment whose values are secrets, by name.
SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|APP_?ID|APPLICATION_ID|CLIENT_ID|CREDENTIAL", re.IGNORECASE)
SHORTEST_SECRET = 6  # a shorter value would take ordinary words out of every line
_NAMES = (r"app_?id|application_?id|affiliate_?id|access_?key(?:_?id)?|api_?key|client_?id|client_?secret|"
          r"(?:access_?|refresh_?|id_?|auth_?|csrf_?|partner_?)?token|secret(?:_?key)?|password|passwd|signature|"
          r"x-subscription-token|x-amz-access-token|x-api-key|proxy-authorization|authorization|set-cookie|cookie")
# name=value, name: value and 'name': ['value'], as URLs, headers and Python's own printing show them.
NAMED = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=%3F)|(?<=%26))((?:{_NAMES})['\"]?\s*(?:[:=]|%3D)\s*[\[({{]?\s*(?:b(?=['\"]))?['\"]?)"
    r"(?:(?:Bearer|Basic|DPoP)\s+)?[^\s&;'\",<>#)\]}]+", re.IGNORECASE)
# Words too common to be taken anywhere but in the query of an address.
IN_QUERY = re.compile(
    r"((?:[?&;]|%3F|%26)(?:key|sig|auth|code|cx|session(?:_?id)?)(?:=|%3D))[^\s&;'\"<>#]+", re.IGNORECASE)
USERINFO = re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+@", re.IGNORECASE)
# Control characters, line separators, changes of writing direction, halves of surrogate pairs.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def redact(text: str) -> str:
    """The text without the user's keys and without values of key-like parameters and headers."""
    text = NAMED.sub(rf"\1{MARK}", without_keys(text))
    text = IN_QUERY.sub(rf"\1{MARK}", text)
    return USERINFO.sub(rf"\1{MARK}@", text)


def without_keys(text: str) -> str:
    """The text without the user's own keys; unlike `redact` it leaves alone what only looks like one in an address."""
    secrets = _secrets(*_given())
    return text if secrets is None else secrets.sub(MARK, text)


def _given() -> tuple[tuple[str, ...], str]:
    named = [value for name, value in os.environ.items() if SECRET_NAME.search(name)]
    # Addresses of notifications hold tokens as parts of their path, and a service's error shows them in another form.
    parts = re.findall(r"[^\s/:@?&=.]{8,}", os.environ.get("KATABAN_NOTIFY", ""))
    return tuple(sorted((*named, *parts))), os.environ.get("KATABAN_DATABASE", "")


@lru_cache(maxsize=8)
def _secrets(values: tuple[str, ...], database: str) -> re.Pattern[str] | None:
    password = urlsplit(database).password if "://" in database else None
    plain = {value.strip() for value in (*values, password or "") if len(value.strip()) >= SHORTEST_SECRET}
    spelled = {form for value in plain for form in (value, quote(value, safe=""), quote_plus(value), repr(value)[1:-1])}
    # The longest first, so that a key that begins like another is not left half standing.
    return re.compile("|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))) if spelled else None


def one_line(text: str) -> str:
    """The text with line breaks and control characters written out, so that it stays one line of a log."""
    return UNPRINTABLE.sub(lambda match: SHORT_ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}", text)


class SafeRecord(logging.LogRecord):
    """A log record whose message and traceback hold no key and forge no line, whichever handler prints it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = _indented("".join(traceback.format_exception(*self.exc_info)))

    def getMessage(self) -> str:  # noqa: N802
        """The message as a person may see it."""
        return one_line(redact(super().getMessage()))


def _indented(text: str) -> str:
    # Lines of an exception are no log lines, whatever its message says: each begins with a bar.
    return "\n".join(f"  | {one_line(line)}" for line in redact(text).rstrip().split("\n"))


def install() -> None:
    """Make all log records safe, and what Python prints of an error that nothing caught. May be called twice."""
    logging.setLogRecordFactory(SafeRecord)
    sys.excepthook = _print_safely


def _print_safely(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


class Redaction:
    """Scrapy add-on: the settings are loaded, so the keys of .env are known, and nothing has been logged of them."""

    @classmethod
    def update_pre_crawler_settings(cls, _settings: BaseSettings) -> None:
        """Before the first line of the log."""
        install()

    def update_settings(self, settings: BaseSettings) -> None:
        """For runners that make their Crawler themselves."""
        install()
