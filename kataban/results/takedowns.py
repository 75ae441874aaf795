"""Which SKUs to take off sale, which to give back, and what written files did: so that nothing is written twice.

What stands on Amazon now is told by what came last: a listings report, a file of ours that took it down, or one that
gave it back. A file counts as uploaded until a newer report shows otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from kataban.intake import Fulfilment
from kataban.items import Supply
from kataban.offers import Rules
from kataban.results.tables import catalogue, order_lines, takedowns
from kataban.results.watching import Renewed

# For so long after a file gave a quantity back, a report that still shows 0 is told.
_TOLD_FOR = timedelta(days=30)
_SELLABLE = frozenset({Supply.SUPPLIED, Supply.THIN})


class Move(StrEnum):
    """What is to be done about a SKU. `left_out` would be taken down but cannot; `told` needs only somebody's eye."""

    DOWN = "down"
    RESTORE = "restore"
    CLOSED = "closed"
    LEFT_OUT = "left_out"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Step:
    """One SKU: the quantity to write (None where nothing is), why, and the evidence in one line of each language.

    `why` is gone, discontinued or margin_floor for DOWN; still_on_sale stands before it when it was written before and
    the newest report shows it on sale all the same.
    """

    sku: str
    move: Move
    why: str
    quantity: int | None = None
    before: int | None = None
    text_ja: str = ""
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class _Stand:
    """What is believed to stand on Amazon: `quantity` None when nobody said. `down` is the takedown not given back."""

    quantity: int | None
    down: sa.RowMapping | None
    last: sa.RowMapping | None
    listed_at: datetime | None
    fulfilment: str | None

    @property
    def reported_since(self) -> bool:
        """Did a listings report come after the last file?"""
        at = None if self.last is None else self.last["restored_at"] or self.last["written_at"]
        return at is not None and self.listed_at is not None and self.listed_at > at


def steps(connection: sa.Connection, renewed: Sequence[Renewed], rules: Rules, now: datetime) -> list[Step]:
    """What is to be done about these SKUs, which were concluded just now, by SKU."""
    stands = _stands(connection)
    found = [step for entry in renewed if (stand := stands.get(entry.watched.sku)) is not None
             for step in (_step(entry, stand, rules, now),) if step is not None]
    return sorted(found, key=lambda step: step.sku)


def _stands(connection: sa.Connection) -> dict[str, _Stand]:
    rows = connection.execute(sa.select(takedowns).order_by(takedowns.c.id)).mappings()
    last: dict[str, sa.RowMapping] = {row["sku"]: row for row in rows}
    amazons = set(connection.execute(sa.select(order_lines.c.sku).where(
        order_lines.c.fulfilment == Fulfilment.AMAZON.value)).scalars())
    return {row["sku"]: _stand(row, last.get(row["sku"]), is_amazons=row["sku"] in amazons)
            for row in connection.execute(sa.select(catalogue)).mappings()}


def _stand(row: sa.RowMapping, last: sa.RowMapping | None, *, is_amazons: bool) -> _Stand:
    fulfilment = row["fulfilment"] or (Fulfilment.AMAZON.value if is_amazons else None)
    down = last if last is not None and last["restored_at"] is None else None
    stand = _Stand(row["quantity"], down, last, row["listed_at"], fulfilment)
    if last is None or stand.reported_since:
        return stand
    quantity = 0 if down is not None else last["quantity_before"]
    return _Stand(quantity, down, last, row["listed_at"], fulfilment)


def _step(entry: Renewed, stand: _Stand, rules: Rules, now: datetime) -> Step | None:
    if stand.fulfilment == Fulfilment.AMAZON.value:  # FBA is Amazon's to count
        return None
    why = _why_down(entry, rules)
    if why is not None:
        return _down(entry, stand, why)
    if stand.down is not None and stand.quantity:
        return _said(entry, Move.CLOSED, "on_sale_again", None)
    if stand.down is not None and _is_sellable(entry, stand.down["why"]):
        return _said(entry, Move.RESTORE, entry.conclusion.state.value, stand.down["quantity_before"])
    return _unrestored(entry, stand, now)


def _why_down(entry: Renewed, rules: Rules) -> str | None:
    """Why this SKU must not be sold now; None where it may, or where too little was looked at to say."""
    conclusion = entry.conclusion
    if conclusion.blind or conclusion.covered_now is None or conclusion.covered_now < rules.coverage:
        return None
    if conclusion.suppliers == 0:
        return conclusion.state.value if conclusion.state in (Supply.GONE, Supply.DISCONTINUED) else None
    return "margin_floor" if entry.under_floor else None


def _down(entry: Renewed, stand: _Stand, why: str) -> Step | None:
    if stand.quantity is None:
        return _said(entry, Move.LEFT_OUT, "quantity_unknown", None)
    if stand.quantity == 0:
        return None
    again = stand.down is not None
    return _said(entry, Move.DOWN, f"still_on_sale/{why}" if again else why, 0, before=stand.quantity)


def _is_sellable(entry: Renewed, why: str) -> bool:
    """Is supply back, at a margin that is known to hold where the margin was the reason?"""
    if entry.under_floor or (why.endswith("margin_floor") and entry.margin is None):
        return False
    conclusion = entry.conclusion
    return conclusion.state in _SELLABLE or (conclusion.state is Supply.DISCONTINUED and conclusion.suppliers > 0)


def _unrestored(entry: Renewed, stand: _Stand, now: datetime) -> Step | None:
    """A quantity that a file gave back and that the newest report still shows as 0: was the file uploaded?"""
    last = stand.last
    if last is None or last["restored_at"] is None or not stand.reported_since or stand.quantity != 0:
        return None
    if now - last["restored_at"] > _TOLD_FOR:
        return None
    return _said(entry, Move.TOLD, "not_restored", None)


def _said(entry: Renewed, move: Move, why: str, quantity: int | None, before: int | None = None) -> Step:
    told = entry.conclusion.evidence
    ja, en = ("; ".join(getattr(line, f"text_{language}") for line in told[:2]) for language in ("ja", "en"))
    if why.endswith("margin_floor"):
        ja, en = f"残る利益{entry.margin}円; {ja}", f"margin {entry.margin} yen; {en}"
    return Step(entry.watched.sku, move, why, quantity, before, ja, en)


def keep(connection: sa.Connection, done: Iterable[Step], files: Mapping[Move, str], now: datetime) -> None:
    """Remember what the files, by name, did to each SKU; the same SKU written down again keeps one row."""
    for step in done:
        still_down = (takedowns.c.sku == step.sku) & takedowns.c.restored_at.is_(None)
        if step.move is Move.DOWN:
            values: dict[str, Any] = {"quantity_before": step.before, "why": step.why.rpartition("/")[2],
                                      "written_at": now, "file": files[Move.DOWN]}
            renewed = connection.execute(sa.update(takedowns).where(still_down).values(**values)).rowcount
            if not renewed:
                connection.execute(sa.insert(takedowns).values(sku=step.sku, **values))
        elif step.move in (Move.RESTORE, Move.CLOSED):
            connection.execute(sa.update(takedowns).where(still_down).values(
                restored_at=now, restore_file=files.get(step.move)))
