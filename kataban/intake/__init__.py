"""Files in, Wanted out: plain lists, CSV, TSV, JSON Lines, XLSX, Amazon's reports and the SKU catalogue."""

from kataban.intake.folder import FolderLook, QueueFile, content_hash, stable_files
from kataban.intake.guard import guard, unguard
from kataban.intake.joining import join, settle, settle_by
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
    ModelAnswer,
    Note,
    OrderLine,
    OrderStatus,
    Reject,
    RowError,
)
from kataban.intake.values import model_number as model_of

__all__ = [
    "LISTING_REPORTS", "ORDER_REPORTS",
    "CatalogueEntry", "FileKind", "FolderLook", "Fulfilment", "Intake", "IntakeError", "ModelAnswer", "Note",
    "OrderLine", "OrderStatus", "QueueFile", "Reject", "RowError",
    "content_hash", "guard", "join", "key_of", "model_of", "read", "settle", "settle_by", "stable_files",
    "unguard", "write_rejects",
]
