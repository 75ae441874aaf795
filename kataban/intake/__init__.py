"""Files in, Wanted out: plain lists, CSV, TSV, JSON Lines, XLSX, Amazon's reports and the SKU catalogue."""

from kataban.intake.folder import FolderLook, QueueFile, content_hash, stable_files
from kataban.intake.guard import guard, unguard
from kataban.intake.joining import join, settle
from kataban.intake.reading import key_of, read
from kataban.intake.rejects import write_rejects
from kataban.intake.shapes import (
    LISTING_REPORTS,
    ORDER_REPORTS,
    CatalogueEntry,
    FileKind,
    Fulfilment,
    Intake,
    IntakeError,
    Note,
    OrderLine,
    OrderStatus,
    Reject,
)

__all__ = [
    "LISTING_REPORTS", "ORDER_REPORTS",
    "CatalogueEntry", "FileKind", "FolderLook", "Fulfilment", "Intake", "IntakeError", "Note", "OrderLine",
    "OrderStatus", "QueueFile", "Reject",
    "content_hash", "guard", "join", "key_of", "read", "settle", "stable_files", "unguard", "write_rejects",
]
