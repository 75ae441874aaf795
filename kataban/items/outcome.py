"""How a Search ended, and the exception with which a source says that it could not look."""

from __future__ import annotations

from enum import StrEnum

from kataban.items.listing import PageKind


class Outcome(StrEnum):
    """How one Query asked of one Source ended. No others exist. Only `nothing` may mean "not sold here"."""

    FOUND = "found"
    NOTHING = "nothing"
    PARTIAL = "partial"
    ANSWERED = "answered"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNKNOWN = "robots_unknown"
    OFF = "off"
    NO_KEY = "no_key"
    NO_BROWSER = "no_browser"
    QUOTA = "quota"
    RESTING = "resting"
    UNREACHABLE = "unreachable"
    UNRENDERED = "unrendered"
    BROKEN = "broken"
    INTERRUPTED = "interrupted"
    NOT_ASKED = "not_asked"


ANSWERED = frozenset({Outcome.FOUND, Outcome.NOTHING, Outcome.PARTIAL, Outcome.ANSWERED})
# These are the user's or the program's own choice, so they do not make a run fail (exit 3).
BY_CHOICE = frozenset({Outcome.OFF, Outcome.NO_KEY, Outcome.NO_BROWSER, Outcome.RESTING, Outcome.NOT_ASKED})
# After one of these the source is asked nothing more in this run.
ENDS_THE_RUN = frozenset({Outcome.BLOCKED, Outcome.RATE_LIMITED, Outcome.QUOTA, Outcome.NO_KEY, Outcome.NO_BROWSER})


class CannotLook(Exception):
    """A source's answer, or the lack of one, that is no look at all.

    Raised by `parse` and its like, by manners and by the crawl. `reason_code` is the finer word (challenge, login_wall,
    layout_changed, truncated, too_large, timeout, refused_address, api_version_retired ...); `reason` is one sentence a
    person can act on, without keys or tokens. `retry_after` is in seconds where the answer named it.
    """

    def __init__(
        self,
        outcome: Outcome,
        reason_code: str,
        reason: str,
        *,
        page_kind: PageKind = PageKind.ERROR,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{outcome.value}/{reason_code}: {reason}")
        self.outcome = outcome
        self.reason_code = reason_code
        self.reason = reason
        self.page_kind = page_kind
        self.retry_after = retry_after
