"""What an answer that is no look means, as data: the `refusal.*` entries of a `<site>.toml`.

An entry's value holds conditions (`status`; `code`; `matches`: a regular expression over the site's code and message;
`shows`: one over title and visible text of a page) and what they mean (`outcome`, `reason_code`, `reason`: a sentence
for the person, `retry_after`: seconds). The first that fits counts:

    [refusal.bad_key.value]
    code = "wrong_parameter"
    matches = "applicationId"
    outcome = "no_key"
    reason_code = "bad_key"
    reason = "..."
"""

from __future__ import annotations

import json
import re
from typing import Any

from scrapy.http import HtmlResponse, Response, TextResponse

from kataban.items import CannotLook, Outcome, PageKind
from kataban.parsers.page_kind import challenge_of, retry_after_of
from kataban.parsers.text import one_line, visible_text
from spiders.landmarks import Landmarks

# What a status means where the site's own words are not known to us.
_BY_STATUS = {
    401: (Outcome.NO_KEY, "bad_key"),
    403: (Outcome.BLOCKED, "forbidden"),
    404: (Outcome.BROKEN, "not_found"),
    410: (Outcome.BROKEN, "not_found"),
    429: (Outcome.RATE_LIMITED, "too_many_requests"),
    451: (Outcome.BLOCKED, "forbidden"),
}
# Long runs of letters and digits in an error text may be somebody's key.
_KEY_LIKE = re.compile(r"[A-Za-z0-9_-]{16,}")
_KNOWN = {"status", "code", "matches", "shows", "outcome", "reason_code", "reason", "retry_after"}


def json_of(response: Response) -> Any:
    """The JSON of the body, or None where the body is something else or nests without end."""
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None


def refusal(marks: Landmarks, response: Response, label: str, *, code: str = "", message: str = "") -> CannotLook:
    """What this answer means: the site's own words by the table, else the signs common to all sites, else its status.

    `code` and `message` are the site's own, "" where it gives none. `label` names the site. An answer that says nothing
    of a refusal is `broken`: it came, and we cannot read it.
    """
    said, seen = f"{code} {message}".strip(), _seen(response)
    for rule in rules(marks):
        if _fits(rule, response.status, code, said, seen):
            wait = rule.get("retry_after")
            return _cannot(Outcome(rule["outcome"]), rule["reason_code"], rule["reason"],
                           float(wait) if wait else retry_after_of(response.headers))
    if json_of(response) is None and isinstance(response, TextResponse):
        try:
            challenge_of(response)
        except CannotLook as sign:
            return sign
    outcome, reason_code = _by_status(response.status)
    words = _KEY_LIKE.sub("***", " ".join(f"{code} {message}".split()))[:200]
    return _cannot(outcome, reason_code, f"{label} answered {response.status}: {words or 'nothing that we can read'}",
                   retry_after_of(response.headers))


def rules(marks: Landmarks) -> list[dict[str, str]]:
    """The refusal entries in the order of the file; a wrong word in one is an error."""
    found = [marks.table(name) for name in marks if name.startswith("refusal.")]
    for rule in found:
        if unknown := set(rule) - _KNOWN:
            raise ValueError(f"refusal entries have no {', '.join(sorted(unknown))}")
    return found


def _seen(response: Response) -> str:
    """Title and visible text of a page, the start of any other text, nothing of JSON."""
    if not isinstance(response, TextResponse) or json_of(response) is not None:
        return ""
    if isinstance(response, HtmlResponse):
        return f"{one_line(response.css('title::text').get())}\n{visible_text(response.selector)}"
    return response.text[:4000]


def _fits(rule: dict[str, str], status: int, code: str, said: str, seen: str) -> bool:
    return (
        ("status" not in rule or str(status) == rule["status"])
        and ("code" not in rule or code.casefold() == rule["code"].casefold())
        and ("matches" not in rule or _is_in(rule["matches"], said))
        and ("shows" not in rule or _is_in(rule["shows"], seen))
    )


def _is_in(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None


def _by_status(status: int) -> tuple[Outcome, str]:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Outcome.UNREACHABLE, "server_error"
    return (Outcome.BROKEN, "refused_query") if status >= 400 else (Outcome.BROKEN, "layout_changed")


def _cannot(outcome: Outcome, reason_code: str, reason: str, wait: float | None) -> CannotLook:
    kinds = {Outcome.BLOCKED: PageKind.CHALLENGE, Outcome.BROKEN: PageKind.BROKEN}
    return CannotLook(outcome, reason_code, reason, page_kind=kinds.get(outcome, PageKind.ERROR), retry_after=wait)
