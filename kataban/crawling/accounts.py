"""Search accounting: what one Search read, and the Outcome that follows from it. Plain Python, no Scrapy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kataban.items import CannotLook, Outcome, PageKind, PageRead, Verdict


@dataclass(frozen=True, slots=True)
class Ending:
    """How a Search ended: the Outcome, and the finer word with a reason where it is not a plain answer."""

    outcome: Outcome
    reason_code: str | None
    reason: str | None
    complete: bool


@dataclass(slots=True)
class Account:
    """What one Search (one Query asked of one Source) has read so far.

    `problems` are looks that failed, `unread` counts rows that the matcher cannot decide and whose own page was not
    read, `cut` says why the Search was not read to the end although nothing failed (page or row budget). `satisfied`
    says that spellings were left unasked because one of them gave what can be bought: the look is not whole, and there
    was no need for more.
    """

    source: str
    needs_leads: bool = False
    gives_leads: bool = False
    rows_read: int = 0
    pages_read: int = 0
    hits_reported: int | None = None
    rows_of_form: int = 0
    exact_count: int = 0
    unread: int = 0
    unreadable: int = 0
    cut: str | None = None
    satisfied: str | None = None
    problems: list[CannotLook] = field(default_factory=list)

    def begin_form(self) -> None:
        """The next spelling is asked: the site's count of hits begins anew."""
        self._check_count()
        self.rows_of_form = 0
        self.hits_reported = None

    def page(self, read: PageRead) -> None:
        """Book a page of results. A page that says it has hits and shows none is a layout we cannot read."""
        if read.hits_reported and not read.rows and read.kind is not PageKind.PRODUCT and not self.rows_of_form:
            self.problem(CannotLook(Outcome.BROKEN, "layout_changed",
                                    f"the page reports {read.hits_reported} hits and none could be read"))
            return
        self.pages_read += 1
        if self.needs_leads and read.hits_reported and read.rows < read.hits_reported:  # many hosts: each by itself
            self.cut = self.cut or f"{read.rows} of {read.hits_reported} hits of one shop were read"
        self.rows_read += read.rows
        self.rows_of_form += read.rows
        self.unreadable += read.unreadable
        if read.hits_reported is not None and not self.needs_leads:
            self.hits_reported = max(self.hits_reported or 0, read.hits_reported)

    def problem(self, why: CannotLook) -> None:
        """Book a look that failed."""
        self.problems.append(why)

    def stored(self, verdict: Verdict | None, *, detail_read: bool) -> None:
        """Book a Listing that was judged. One that stays undecided on its row alone keeps the look from being whole."""
        if verdict is Verdict.EXACT:
            self.exact_count += 1
        elif verdict is Verdict.UNCLEAR and not detail_read:
            self.unread += 1

    def ending(self) -> Ending:
        """The Outcome. `nothing` needs everything read, or the site's own zero; anything less is `partial` or worse."""
        self._check_count()
        short = self._shortfall()
        if self.exact_count:
            return self._answer(Outcome.FOUND, short)
        if self.problems and not self.pages_read:
            worst = self.problems[0]
            return Ending(worst.outcome, worst.reason_code, self._told(self.problems), complete=False)
        if self.gives_leads and self.pages_read:
            return self._answer(Outcome.ANSWERED, short)
        if not self.pages_read:
            return Ending(Outcome.NOT_ASKED, "no_leads" if self.needs_leads else "not_asked", self.cut, complete=False)
        return self._answer(Outcome.NOTHING if short is None else Outcome.PARTIAL, short)

    @staticmethod
    def _answer(outcome: Outcome, short: tuple[str, str] | None) -> Ending:
        code, reason = short or (None, None)
        return Ending(outcome, code, reason, complete=short is None)

    def _check_count(self) -> None:
        if self.cut is None and self.hits_reported is not None and self.rows_of_form < self.hits_reported:
            self.cut = f"{self.rows_of_form} of {self.hits_reported} hits were read"

    def _shortfall(self) -> tuple[str, str] | None:
        """Why the look is not complete: code and reason, or None."""
        if self.problems:
            return self.problems[0].reason_code, self._told(self.problems)
        if self.unreadable:
            return "unreadable_rows", f"{self.unreadable} of {self.rows_read} rows could not be read"
        if self.unread:
            return "unread_details", f"{self.unread} rows that could be it were not read on their own page"
        if self.cut:
            return "cut", self.cut
        if self.satisfied:
            return "satisfied", self.satisfied
        return None

    @staticmethod
    def _told(problems: Sequence[CannotLook]) -> str:
        # Five pages of one shop that fail alike are one reason.
        counted = Counter(why.reason for why in problems)
        return "; ".join(f"{reason} ({n}x)" if n > 1 else reason for reason, n in list(counted.items())[:3])
