"""From what was read to the Outcome: `nothing` only with everything read."""

from __future__ import annotations

import pytest

from kataban.crawling.accounts import Account
from kataban.items import CannotLook, Outcome, PageKind, PageRead, Verdict

BLOCKED = CannotLook(Outcome.BLOCKED, "challenge", "a challenge page")
TIMEOUT = CannotLook(Outcome.UNREACHABLE, "timeout", "no answer")


def page(rows: int, hits: int | None = None, **fields: object) -> PageRead:
    kind = PageKind.RESULTS if rows else PageKind.EMPTY
    return PageRead(kind, hits_reported=hits, rows=rows, **fields)  # type: ignore[arg-type]


def account(*pages: PageRead, verdicts: tuple[Verdict, ...] = (), problems: tuple[CannotLook, ...] = (),
            **fields: object) -> Account:
    made = Account("rakuma", **fields)  # type: ignore[arg-type]
    for read in pages:
        made.page(read)
    for verdict in verdicts:
        made.stored(verdict, detail_read=False)
    for why in problems:
        made.problem(why)
    return made


@pytest.mark.parametrize(("made", "outcome", "complete"), [
    (account(page(0, 0)), Outcome.NOTHING, True),
    (account(page(0)), Outcome.NOTHING, True),
    (account(page(3, 3), verdicts=(Verdict.DIFFERENT,) * 3), Outcome.NOTHING, True),
    (account(page(3, 3), verdicts=(Verdict.EXACT,)), Outcome.FOUND, True),
    (account(page(3, 9), verdicts=(Verdict.EXACT,)), Outcome.FOUND, False),
    (account(page(3, 9), verdicts=(Verdict.DIFFERENT,) * 3), Outcome.PARTIAL, False),
    (account(page(3, 3), verdicts=(Verdict.UNCLEAR,)), Outcome.PARTIAL, False),
    (account(page(3, 3, unreadable=1), verdicts=(Verdict.DIFFERENT,) * 2), Outcome.PARTIAL, False),
    (account(page(3, 3), verdicts=(Verdict.DIFFERENT,) * 3, problems=(TIMEOUT,)), Outcome.PARTIAL, False),
    (account(problems=(BLOCKED,)), Outcome.BLOCKED, False),
    (account(problems=(TIMEOUT, BLOCKED)), Outcome.UNREACHABLE, False),
    (account(page(0, 36)), Outcome.BROKEN, False),
    (account(page(2), gives_leads=True), Outcome.ANSWERED, True),
    (account(page(0), gives_leads=True), Outcome.ANSWERED, True),
    (account(gives_leads=True, problems=(TIMEOUT,)), Outcome.UNREACHABLE, False),
    (account(needs_leads=True), Outcome.NOT_ASKED, False),
])
def test_outcome(made: Account, outcome: Outcome, complete: bool) -> None:
    ending = made.ending()
    assert (ending.outcome, ending.complete) == (outcome, complete)
    assert complete or ending.reason_code


def test_every_spelling_counts_its_own_hits() -> None:
    made = account(page(2, 2), verdicts=(Verdict.DIFFERENT,) * 2)
    made.begin_form()
    made.page(page(1, 5))
    assert made.ending().outcome is Outcome.PARTIAL
    whole = account(page(2, 2), verdicts=(Verdict.DIFFERENT,) * 2)
    whole.begin_form()
    whole.page(page(0, 0))
    assert whole.ending().outcome is Outcome.NOTHING


def test_several_pages_of_one_spelling_are_read_together() -> None:
    made = account(page(40, 50, last=False), page(10, 50), verdicts=(Verdict.DIFFERENT,) * 50)
    assert made.ending().outcome is Outcome.NOTHING


def test_an_undecided_row_whose_page_was_read_is_no_shortfall() -> None:
    made = account(page(1, 1))
    made.stored(Verdict.UNCLEAR, detail_read=True)
    assert made.ending().outcome is Outcome.NOTHING
