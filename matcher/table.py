"""Judging rows of a table, and measuring verdicts against labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from kataban.items import Evidence, Judgement, Verdict
from matcher.asked import Asked, compile_query
from matcher.judging import judge

REQUIRED = ("model_number", "title")


def missing_columns(header: Iterable[str]) -> list[str]:
    """The columns that a table to be judged lacks."""
    present = set(header)
    return [name for name in REQUIRED if name not in present]


@lru_cache(maxsize=1024)
def _compiled(model_number: str, brand: str, jan: str) -> Asked:
    return compile_query(model_number, maker=brand or None, jan=jan or None)


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a row, a JSON object; anything else is no attribute. Lists are joined."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(key): "、".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in found.items()
        if value is not None
    }


def judge_row(row: Mapping[str, str]) -> Judgement:
    """Judge one row: model_number and title; brand and jan of the asked number, description and attributes if there."""
    asked = _compiled(row["model_number"], row.get("brand") or "", row.get("jan") or "")
    attributes = _attributes(row.get("attributes") or "")
    return judge(asked, title=row["title"], description=row.get("description") or None, attributes=attributes)


def evidence_json(evidence: Sequence[Evidence]) -> str:
    """The evidence as one JSON array."""
    return msgspec.json.encode(evidence).decode()


def judged_row(row: Mapping[str, str]) -> dict[str, str]:
    """The row with verdict_found and evidence added."""
    judgement = judge_row(row)
    return {**row, "verdict_found": judgement.verdict.value, "evidence": evidence_json(judgement.evidence)}


def label_of(row: Mapping[str, str]) -> str | None:
    """The label of a row: its verdict, or of public pairs label 1 as exact and 0 as "not exact"."""
    if row.get("verdict"):
        return row["verdict"]
    return {"1": Verdict.EXACT.value, "0": "not_exact"}.get(row.get("label") or "")


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of `exact` and of all seven verdicts; `confusion` counts (label, found). Rates are None without cases."""

    cases: int
    precision: float | None
    recall: float | None
    f1: float | None
    accuracy: float | None
    macro_f1: float | None
    leaks: dict[str, int]
    confusion: Counter[tuple[str, str]]


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(confusion: Counter[tuple[str, str]], verdict: str) -> float | None:
    right = confusion[verdict, verdict]
    labelled = sum(n for (label, _), n in confusion.items() if label == verdict)
    found = sum(n for (_, answer), n in confusion.items() if answer == verdict)
    return _rate(2 * right, labelled + found)


def measure(pairs: Iterable[tuple[str, str]]) -> Measured:
    """Measure (label, found) pairs; a label "not_exact" counts for `exact` only."""
    confusion = Counter(pairs)
    exact = Verdict.EXACT.value
    right = confusion[exact, exact]
    found = sum(n for (_, answer), n in confusion.items() if answer == exact)
    labelled = sum(n for (label, _), n in confusion.items() if label == exact)
    known = {label for label, _ in confusion if label in {verdict.value for verdict in Verdict}}
    total = sum(confusion.values())
    seven = "not_exact" not in {label for label, _ in confusion}
    scores = [score for label in known if (score := _f1(confusion, label)) is not None]
    return Measured(
        cases=total,
        precision=_rate(right, found),
        recall=_rate(right, labelled),
        f1=_f1(confusion, exact),
        accuracy=_rate(sum(n for (label, answer), n in confusion.items() if label == answer), total) if seven else None,
        macro_f1=sum(scores) / len(scores) if seven and scores else None,
        leaks={label: n for (label, answer), n in confusion.items() if answer == exact and label != exact},
        confusion=confusion,
    )


def confusion_table(measured: Measured) -> list[list[str]]:
    """The confusion as rows of text: a header of found verdicts, then one row per label."""
    order = [verdict.value for verdict in Verdict]
    labels = [label for label in [*order, "not_exact"] if any(key[0] == label for key in measured.confusion)]
    return [
        ["label \\ found", *order],
        *([label, *(str(measured.confusion[label, answer]) for answer in order)] for label in labels),
    ]
