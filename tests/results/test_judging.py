"""A changed rule finds what is stored, and the user's marks become cases."""

from __future__ import annotations

import sqlalchemy as sa

from kataban.items import Verdict
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.judging import judge_stored, marked_cases
from kataban.results.queries import answers
from kataban.results.words import mark_listing
from matcher.table import judge_row, label_of
from tests.results.makers import NOW, SOURCE, add, judgement, listing, search, wanted


def test_what_an_older_rule_called_exact_is_found_and_taken_back(database: Database) -> None:
    add(database, wanted())
    search(database, listing(), listing("case", title="カシオ AB-1200C 用 ケース 互換品"),
           listing("shy", judgement=judgement(Verdict.UNCLEAR)))
    with database.writing() as connection:
        changed = {entry.listing_id: (entry.before, entry.after.verdict) for entry in judge_stored(connection, NOW)}
    assert changed == {"case": ("exact", Verdict.ACCESSORY), "shy": ("unclear", Verdict.EXACT)}
    with database.reading() as connection:
        assert {o.listing.listing_id for o in answers(connection, NOW)[0].alternatives} == {"a", "shy"}
    with database.writing() as connection:
        assert list(judge_stored(connection, NOW)) == []


def test_marks_are_kept_with_their_evidence_and_read_as_cases(database: Database) -> None:
    add(database, wanted())
    search(database, listing(), listing("b", title="別の品"))
    with database.writing() as connection:
        mark_listing(connection, "right_model", SOURCE, "a", NOW)
        mark_listing(connection, "wrong_model", SOURCE, "b", NOW)
        cases = list(marked_cases(connection))
        kept = connection.execute(sa.select(tables.marks.c.evidence)).scalars().all()
    assert [label_of(case) for case in cases] == ["exact", "not_exact"]
    assert judge_row(cases[0]).verdict is Verdict.EXACT
    assert all(evidence[0]["rule"] == "number_equal" for evidence in kept)
