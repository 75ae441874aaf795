"""The answer as files for spreadsheets and programs: CSV, XLSX, JSON Lines; each reads back as a queue file.

One row per alternative, or one for an order without any. The order's own columns have the names that kataban.intake
reads; those of the offer begin with `offer_`, which it leaves alone, so nothing of an offer becomes the order's.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from kataban.intake import guard

JST = ZoneInfo("Asia/Tokyo")
ORDER_COLUMNS = ("order_id", "order_item_id", "model_number", "maker", "jan", "asin", "sku", "name", "quantity",
                 "condition", "max_price", "sale_price", "sale_currency", "ship_by", "state")
OFFER_COLUMNS = ("source", "listing_id", "url", "title", "price", "shipping", "shipping_included", "total", "profit",
                 "points", "coupon", "condition", "availability", "purchase", "price_doubt", "quantity", "image_url",
                 "seen_at")
MORE_COLUMNS = ("offer_seller_id", "offer_seller_name", "offer_seller_grade", "offer_in_time", "offer_arrives_latest",
                "offer_why_exact", "offer_same_as", "break_even", "looked", "could_not_look")
COLUMNS = (*ORDER_COLUMNS, "alternatives", *(f"offer_{name}" for name in OFFER_COLUMNS), *MORE_COLUMNS)
LOOKED = ("found", "nothing", "answered")
Cell = str | int | bool | None
# Windows' Shift_JIS lacks these, but has the look-alikes that Japanese programs write in their place.
_CP932 = str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢")
_GETA = "〓"  # printers' mark for a letter that is not in the case
# Characters that XML cannot hold; a spreadsheet would call the file damaged.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767


def export_rows(shapes: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Cell]]:
    """The rows of the answers' shapes (kataban.results.shapes), with all COLUMNS."""
    for shape in shapes:
        order = _order(shape)
        offers = shape["alternatives"]
        yield from (order | _offer(offer) for offer in offers)
        if not offers:
            yield dict.fromkeys(COLUMNS) | order


def _order(shape: Mapping[str, Any]) -> dict[str, Cell]:
    row = {name: shape[name] for name in ORDER_COLUMNS}
    if row["ship_by"] is not None:
        row["ship_by"] = datetime.fromisoformat(row["ship_by"]).astimezone(JST).isoformat(timespec="seconds")
    coverage = shape["coverage"].items()
    looked = [source for source, covered in coverage if covered["outcome"] in LOOKED]
    failed = [f"{source}: {covered['outcome']}" for source, covered in coverage if covered["outcome"] not in LOOKED]
    return row | {"alternatives": len(shape["alternatives"]), "break_even": shape["break_even"],
                  "looked": "; ".join(looked), "could_not_look": "; ".join(failed)}


def _offer(offer: Mapping[str, Any]) -> dict[str, Cell]:
    seller, arrival, same = offer["seller"], offer["arrival"] or {}, offer["same_as"]
    return {f"offer_{name}": offer[name] for name in OFFER_COLUMNS} | {
        "offer_seller_id": seller["seller_id"], "offer_seller_name": seller["name"],
        "offer_seller_grade": seller["grade"], "offer_in_time": arrival.get("in_time"),
        "offer_arrives_latest": arrival.get("latest"),
        "offer_why_exact": "; ".join(entry["text_en"] for entry in offer["evidence"][:2]),
        "offer_same_as": None if same is None else f"{same['source']} {same['listing_id']}",
    }


def csv_bytes(rows: Iterable[Mapping[str, Cell]], encoding: str = "utf-8-sig") -> Iterator[bytes]:
    """CSV line by line, texts guarded against formulas. `encoding` is utf-8-sig or cp932; what cp932 lacks is 〓."""
    encoder = codecs.getincrementalencoder(encoding)("kataban_geta" if encoding == "cp932" else "replace")
    for row in chain([dict(zip(COLUMNS, COLUMNS, strict=True))], rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([_csv_cell(row[name]) for name in COLUMNS])
        text = line.getvalue()
        yield encoder.encode(text.translate(_CP932) if encoding == "cp932" else text)


def _geta(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - only an encoder asks
    return _GETA * (error.end - error.start), error.end


codecs.register_error("kataban_geta", _geta)


def _csv_cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    return guard(value) if isinstance(value, str) else value


def json_lines(rows: Iterable[Mapping[str, Cell]]) -> Iterator[bytes]:
    """One object a line; nothing in it is a cell, so nothing is guarded."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def write_xlsx(path: Path, rows: Iterable[Mapping[str, Cell]]) -> None:
    """A workbook whose texts are typed as texts: no program takes them for formulas, numbers or dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("alternatives")
    sheet.freeze_panes = "A2"
    sheet.append([_xlsx_cell(sheet, name) for name in COLUMNS])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, row[name]) for name in COLUMNS])
    book.save(path)


def _xlsx_cell(sheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _NOT_XML.sub("", guard(value))[:_LONGEST_CELL])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def replace_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file as a whole: a reader sees the old one or the new one. Raises OSError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.writelines(chunks)
        os.replace(part, path)  # noqa: PTH105 - the atomic replace is the point
    finally:
        part.unlink(missing_ok=True)
