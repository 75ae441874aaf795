"""The rejects file: what was not taken, by line, with the reason; it can be corrected and dropped again."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from kataban.intake.guard import guard
from kataban.intake.shapes import Reject

_OWN = ("line", "code", "reason_ja", "reason_en")


def write_rejects(path: str | Path, rejects: Sequence[Reject]) -> None:
    """Write `rejects` as CSV, or TSV where `path` says .tsv, whole or not at all; nothing when there are none.

    The file is UTF-8 with a BOM, which Excel needs. After line, code and reasons stand the known columns of the file
    that the rows came from, guarded against formulas.
    """
    if not rejects:
        return
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    headers = list(dict.fromkeys(header for reject in rejects for header in reject.raw))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
            writer.writerow([*_OWN, *headers])
            writer.writerows(_cells(reject, headers) for reject in rejects)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _cells(reject: Reject, headers: Sequence[str]) -> list[str]:
    own = [str(reject.line), reject.code, reject.reason_ja, reject.reason_en]
    return [*own, *(guard(reject.raw.get(header, "")) for header in headers)]
