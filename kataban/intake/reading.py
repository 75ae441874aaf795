"""`read`: one file in, its Wanted, catalogue entries, order lines, rejects and notes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from kataban.intake.columns import SECOND_CHOICE, Heading
from kataban.intake.folder import signature
from kataban.intake.joining import join, settle
from kataban.intake.listing_rows import entry_of_listing
from kataban.intake.opening import Table, open_table
from kataban.intake.order_rows import TO_SHIP, is_to_ship, line_of, line_of_wanted, wanted_of_order
from kataban.intake.records import Record, record
from kataban.intake.shapes import (
    LISTING_REPORTS,
    ORDER_REPORTS,
    CatalogueEntry,
    FileKind,
    Fulfilment,
    Intake,
    IntakeError,
    Note,
    OrderStatus,
    RowError,
    note,
)
from kataban.intake.wanted_rows import answer_of, entry_of, wanted_of
from kataban.intake.words import order_status_of
from kataban.items import Wanted, WantedState
from matcher import squashed

_MOST_NOTES_OF_A_KIND = 100
_WANTED_FIELDS = frozenset(Wanted.__dataclass_fields__) - {"wanted_id"}


def read(path: str | Path, *,
         catalogue: Mapping[str, CatalogueEntry] | Iterable[CatalogueEntry] | None = None) -> Intake:
    """What the file at `path` holds; SKUs are looked up in `catalogue`: by SKU, or the entries of any number of files.

    A row that cannot be taken becomes a Reject, the others are kept. Raises IntakeError, and nothing else, when the
    file as a whole cannot be read.
    """
    path = Path(path)
    before = signature(path)
    try:
        known = catalogue if isinstance(catalogue, Mapping) else join(catalogue or ())
        intake = _Reading(open_table(path), known).intake()
    except OSError as error:
        raise IntakeError("not_permitted", name=path.name, why=error.strerror or error) from error
    except UnicodeError as error:
        raise IntakeError("unreadable_encoding", name=path.name) from error
    if signature(path) != before:
        raise IntakeError("changed_while_read", name=path.name)
    return intake


def key_of(wanted: Wanted) -> tuple[str, ...]:
    """What makes two rows of one file the same: the order's item, else the product and its condition.

    An order without item numbers is told apart by SKU, else by product: its second item must not replace the first.
    """
    maker, model = squashed(wanted.maker or ""), squashed(wanted.model_number or "")
    product = (maker, model, wanted.jan or "", wanted.condition.value)
    if not wanted.order_id:
        return product
    if wanted.order_item_id or wanted.sku:
        return ("order", wanted.order_id, wanted.order_item_id or "", "" if wanted.order_item_id else wanted.sku or "")
    return ("order", wanted.order_id, *product)


class _Reading:
    """The state of reading one Table."""

    def __init__(self, table: Table, catalogue: Mapping[str, CatalogueEntry]) -> None:
        self._table = table
        self._catalogue = catalogue
        self._kind = table.heading.kind
        self._intake = Intake(self._kind, notes=[*table.notes, *_column_notes(table.heading)])
        self._told: Counter[str] = Counter()
        # Key of a row -> (its place in the list, its line), to find what a file says twice.
        self._places: dict[tuple[str, ...], tuple[int, int]] = {}

    def intake(self) -> Intake:
        rows = 0
        for row in self._table.rows:
            found = record(row, self._table.heading, guarded=self._table.guarded, delimited=self._table.delimited)
            rows += 1
            try:
                if found.error is not None:
                    raise found.error
                self._take(found)
            except RowError as error:
                self._intake.rejects.append(error.reject(row.line, found.raw))
        self._finish(rows)
        return self._intake

    def _take(self, found: Record) -> None:
        if self._kind in ORDER_REPORTS:
            self._take_order(found)
        elif self._kind in LISTING_REPORTS:
            self._put_entry(entry_of_listing(found, self._tell), found.line)
        elif self._kind is FileKind.CATALOGUE:
            self._put_entry(entry_of(found, self._tell), found.line)
        elif self._kind is FileKind.CANDIDATES:
            self._intake.answers += filter(None, [answer_of(found, self._tell)])
        else:
            self._take_wanted(found)

    def _take_wanted(self, found: Record) -> None:
        wanted = wanted_of(found, self._tell)
        status = order_status_of(str(found["order_status"]))
        if wanted.order_id and status not in TO_SHIP | {OrderStatus.UNKNOWN}:
            self._intake.orders.append(line_of_wanted(wanted, status))
        else:
            self._put_wanted(wanted, found)

    def _take_order(self, found: Record) -> None:
        line = line_of(found, self._kind, self._tell)
        self._intake.orders.append(line)
        if is_to_ship(line):
            self._put_wanted(wanted_of_order(found, line, self._tell), found)

    def _put_wanted(self, wanted: Wanted, found: Record) -> None:
        wanted = settle(wanted, self._catalogue, condition_given="condition" in found.values)
        if not (wanted.model_number or wanted.jan or wanted.order_id):
            raise RowError("unknown_sku", value=wanted.sku) if wanted.sku else RowError("empty_model")
        key = key_of(wanted)
        if key in self._places:
            place, line = self._places[key]
            self._intake.wanted[place] = wanted
            self._tell("repeated", found.line, first=line)
        else:
            self._places[key] = len(self._intake.wanted), found.line
            self._intake.wanted.append(wanted)

    def _put_entry(self, entry: CatalogueEntry, line: int) -> None:
        """A SKU that one file gives to two products is told; which of them is right only the user knows."""
        key = (entry.sku,)
        if key not in self._places:
            self._places[key] = len(self._intake.catalogue), line
            self._intake.catalogue.append(entry)
            return
        place, first_line = self._places[key]
        first = self._intake.catalogue[place]
        if _product(first) != _product(entry):
            raise RowError("sku_contradiction", value=entry.sku, first=first_line)
        self._intake.catalogue[place] = entry
        self._tell("repeated", line, first=first_line)

    def _tell(self, code: str, line: int | None = None, /, **values: object) -> None:
        self._told[code] += 1
        if self._told[code] <= _MOST_NOTES_OF_A_KIND:
            self._intake.notes.append(note(code, line, **values))

    def _finish(self, rows: int) -> None:
        intake = self._intake
        for code, count in self._told.items():
            if count > _MOST_NOTES_OF_A_KIND:
                intake.notes.append(note("more_like_it", which=code, count=count - _MOST_NOTES_OF_A_KIND))
        senders = [*(line.fulfilment for line in intake.orders), *(entry.fulfilment for entry in intake.catalogue)]
        own = [line for line in intake.orders if line.fulfilment is not Fulfilment.AMAZON]
        counts = {
            "needs_model": sum(wanted.state is WantedState.NEEDS_MODEL for wanted in intake.wanted),
            "amazon_fulfilled": senders.count(Fulfilment.AMAZON),
            "not_to_ship": sum(not is_to_ship(line) for line in own),
        }
        intake.notes += [note(code, count=count) for code, count in counts.items() if count]
        intake.notes += [] if rows else [note("no_rows")]
        intake.fields = self._fields()

    def _fields(self) -> frozenset[str]:
        columns = [field for field in self._table.heading.fields if field]
        given = _WANTED_FIELDS.intersection(SECOND_CHOICE.get(field, field) for field in columns)
        if "quantity_to_ship" in columns:
            given |= {"quantity"}
        entries = (self._catalogue.get(wanted.sku) for wanted in self._intake.wanted if wanted.sku)
        return given | {"condition"} if any(entry is not None and entry.condition for entry in entries) else given


def _product(entry: CatalogueEntry) -> tuple[str, str, str]:
    return squashed(entry.model_number or ""), entry.jan or "", entry.asin or ""


def _column_notes(heading: Heading) -> list[Note]:
    notes = []
    if heading.kind not in ORDER_REPORTS | LISTING_REPORTS and heading.unread():
        notes.append(note("unknown_columns", names=", ".join(heading.unread())))
    if heading.personal():
        notes.append(note("personal_columns", count=heading.personal()))
    return notes
