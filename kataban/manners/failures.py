"""Failures of the wire as outcomes: what an exception or a status means, in words a person can act on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from kataban.items import CannotLook, Outcome, PageKind
from kataban.parsers.page_kind import challenge_of


class Meaning(NamedTuple):
    """Outcome, finer word and sentence of one kind of failure."""

    outcome: Outcome
    code: str
    reason: str


TOO_LARGE = Meaning(Outcome.UNREACHABLE, "too_large", "the answer was larger than DOWNLOAD_MAXSIZE")
TIMEOUT = Meaning(Outcome.UNREACHABLE, "timeout", "no complete answer within the time limit")
TLS = Meaning(Outcome.UNREACHABLE, "tls", "the host's certificate or encryption was not accepted")
DNS = Meaning(Outcome.UNREACHABLE, "dns", "the host's name could not be looked up")
CONNECTION = Meaning(Outcome.UNREACHABLE, "connection", "the connection was refused or cut")
TRUNCATED = Meaning(Outcome.UNREACHABLE, "truncated", "the answer ended before it was complete")
REDIRECT = Meaning(Outcome.UNREACHABLE, "redirect_error", "the redirects led nowhere")
REFUSED = Meaning(Outcome.UNREACHABLE, "refused_address", "not asked: such an address is not asked at all")
BROWSER_GONE = Meaning(Outcome.UNREACHABLE, "browser_gone", "the browser ended while it was loading the page")
NOT_STARTING = Meaning(Outcome.NO_BROWSER, "browser_does_not_start", "the Chromium of this machine does not start; the "
                       "log says why, and KATABAN_BROWSER names another")
NO_BROWSER = Meaning(Outcome.NO_BROWSER, "no_browser",
                     "no Chromium was found; install chromium-headless-shell, or name one in KATABAN_BROWSER")
DOWNLOAD = Meaning(Outcome.BROKEN, "bad_type", "a file to download came instead of a page")
CRASHED = Meaning(Outcome.BROKEN, "crashed", "our own code failed on the answer; the log has the details")

BY_TYPE: tuple[tuple[type[BaseException], Meaning], ...] = (
    (DownloadTimeoutError, TIMEOUT),
    (TimeoutError, TIMEOUT),
    (CannotResolveHostError, DNS),
    (DownloadConnectionRefusedError, CONNECTION),
    (ResponseDataLossError, TRUNCATED),
    (DownloadCancelledError, TOO_LARGE),
    (UnsupportedURLSchemeError, REFUSED),
    (NotSupported, REFUSED),
)
# Words in the exception's text, first match wins: Scrapy, Twisted, OpenSSL and Chromium.
BY_TEXT: tuple[tuple[str, Meaning], ...] = (
    (r"max redirections|ERR_TOO_MANY_REDIRECTS|ERR_UNSAFE_REDIRECT|ERR_INVALID_REDIRECT", REDIRECT),
    (r"download max ?size|exceeded DOWNLOAD_MAXSIZE|larger than download", TOO_LARGE),
    (r"Executable doesn't exist", NO_BROWSER),
    (r"BrowserType\.launch", NOT_STARTING),
    (r"Target (page|crashed|closed)|Page crashed|has been closed|Connection closed while", BROWSER_GONE),
    (r"Download is starting", DOWNLOAD),
    (r"OpenSSL\.SSL|SSL routines|certificate|ERR_CERT|ERR_SSL|VerificationError|service_identity", TLS),
    (r"ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION", DNS),
    (r"Timeout \d+ ?ms exceeded|ERR_TIMED_OUT|ERR_CONNECTION_TIMED_OUT|took longer", TIMEOUT),
    (r"ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE_CHUNKED|PotentialDataLoss|_DataLoss", TRUNCATED),
    (r"ERR_BLOCKED_BY|ERR_UNKNOWN_URL_SCHEME|ERR_UNSAFE_PORT|ERR_DISALLOWED_URL_SCHEME|invalid URL", REFUSED),
    (r"ERR_|Connection|Response(Failed|NeverReceived)|twisted\.", CONNECTION),
)
WIRE_MODULES = ("scrapy.exceptions", "twisted.", "playwright.", "scrapy.core.downloader", "OpenSSL.")

BLOCKED_STATUSES = {401: "unauthorized", 403: "forbidden", 407: "proxy_authentication", 451: "legal_reasons"}
CHALLENGE_HEADERS = (
    ("cf-mitigated", "challenge"), ("x-amzn-waf-action", "captcha"), ("x-amzn-waf-action", "challenge"))


def cannot_look_of(failure: Failure | BaseException) -> CannotLook:
    """The outcome of a download or callback that failed; a CannotLook, however deep, is given back as it is."""
    error: BaseException = failure.value if isinstance(failure, Failure) else failure  # type: ignore[assignment]
    if isinstance(error, CannotLook):
        return error
    if isinstance(error, HttpError):
        return cannot_look_of_status(error.response) or _as_error(REDIRECT)
    return _as_error(_meaning(error))


def _as_error(meaning: Meaning) -> CannotLook:
    return CannotLook(meaning.outcome, meaning.code, meaning.reason)


def _meaning(error: BaseException) -> Meaning:
    for kind, meaning in BY_TYPE:
        if isinstance(error, kind):
            return meaning
    module = type(error).__module__
    if isinstance(error, IgnoreRequest | OSError) or module.startswith(WIRE_MODULES):
        text = f"{type(error).__name__} {error} {error.__cause__!r}"
        return next((meaning for words, meaning in BY_TEXT if re.search(words, text)), CONNECTION)
    return CRASHED


def cannot_look_of_status(response: Response) -> CannotLook | None:
    """What a status says by itself, None when it is an answer. For answers that the spider did not explain."""
    if is_challenge(response):
        return CannotLook(Outcome.BLOCKED, "challenge", "the site shows a challenge page instead of an answer",
                          page_kind=PageKind.CHALLENGE)
    if response.status < 300:
        return None
    meaning = _meaning_of_status(response.status)
    return CannotLook(meaning.outcome, meaning.code, meaning.reason, retry_after=retry_after(response.headers))


def _meaning_of_status(status: int) -> Meaning:
    if status < 400:
        return REDIRECT
    if status in BLOCKED_STATUSES:
        return Meaning(Outcome.BLOCKED, BLOCKED_STATUSES[status], f"the site refuses us (status {status})")
    if status in (429, 503):
        return Meaning(Outcome.RATE_LIMITED, f"http_{status}", f"the site asks for a pause (status {status})")
    if status >= 500:
        return Meaning(Outcome.UNREACHABLE, f"http_{status}", f"the site is out of order (status {status})")
    return Meaning(Outcome.BROKEN, f"http_{status}", f"the site does not take our question (status {status})")


def retry_after(headers: Headers) -> float | None:
    """Retry-After in seconds from now, None when it is absent, past or makes no sense. Not capped here."""
    value = (headers.get("Retry-After") or b"").decode("latin-1").strip()
    if re.fullmatch(r"[0-9]{1,12}", value):
        return float(value) or None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return seconds if seconds > 0 else None


def is_challenge(response: Response) -> bool:
    """A challenge by the headers that say so, or by what the page shows; whatever its status."""
    for name, value in CHALLENGE_HEADERS:
        if (response.headers.get(name) or b"").decode("latin-1").strip().lower() == value:
            return True
    try:
        challenge_of(response)
    except CannotLook as error:
        return error.reason_code == "challenge"
    return False
