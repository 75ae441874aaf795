"""The catalogue joined from several files, and Wanted rows settled by it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from kataban.intake.shapes import CatalogueEntry
from kataban.intake.wanted_rows import with_state
from kataban.items import Condition, Wanted
from matcher import squashed

# What a listing is at the moment, whatever product it names: the latest report that says it counts.
_OF_THE_LISTING = ("price", "quantity", "fulfilment", "status")


def join(entries: Iterable[CatalogueEntry]) -> dict[str, CatalogueEntry]:
    """One entry per SKU out of the user's catalogue and the listings reports.

    Entries that name a model number (the user's word) count before those that do not; among equals the later one.
    Every field that the stronger entry leaves open is filled from the weaker, unless they name different JANs: then a
    SKU was used again for another product, and only the stronger entry holds. Price, quantity, fulfilment and status
    are the listing's: there the later entry that says them counts, whoever is the stronger.
    """
    joined: dict[str, CatalogueEntry] = {}
    for entry in entries:
        known = joined.get(entry.sku)
        joined[entry.sku] = entry if known is None else _merged(known, entry)
    return joined


def settle(wanted: Wanted, catalogue: Mapping[str, CatalogueEntry], *, condition_given: bool = False) -> Wanted:
    """`wanted` with what the catalogue knows of its SKU; unchanged without an entry, or when its model is another.

    Nothing that the row says itself is overwritten; `condition_given` says that it names its condition. An entry with
    only a JAN is enough: the row is asked by its JAN.
    """
    entry = catalogue.get(wanted.sku) if wanted.sku else None
    return wanted if entry is None else settle_by(wanted, entry, condition_given=condition_given)


def settle_by(wanted: Wanted, entry: CatalogueEntry, *, condition_given: bool = False) -> Wanted:
    """The same with the entry that tells what the row is, be it of its SKU or of its ASIN."""
    if _contradicts(wanted, entry):
        return wanted
    filled = dataclasses.replace(wanted)
    for field in ("model_number", "maker", "jan", "asin", "name", "max_price"):
        if getattr(filled, field) is None:
            setattr(filled, field, getattr(entry, field))
    if entry.condition is not None and not condition_given and filled.condition is Condition.UNUSED:
        filled.condition = entry.condition
    return with_state(filled)


def _merged(first: CatalogueEntry, second: CatalogueEntry) -> CatalogueEntry:
    strong, weak = (first, second) if first.model_number and not second.model_number else (second, first)
    merged = dataclasses.replace(strong)
    if _is_same_product(strong, weak):
        for field in dataclasses.fields(merged):
            if getattr(merged, field.name) is None:
                setattr(merged, field.name, getattr(weak, field.name))
    for name in _OF_THE_LISTING:
        later = getattr(second, name)
        setattr(merged, name, getattr(first, name) if later is None else later)
    return merged


def _is_same_product(one: CatalogueEntry, other: CatalogueEntry) -> bool:
    if one.jan and other.jan and one.jan != other.jan:
        return False
    both = one.model_number and other.model_number
    return not both or squashed(str(one.model_number)) == squashed(str(other.model_number))


def _contradicts(wanted: Wanted, entry: CatalogueEntry) -> bool:
    if wanted.jan and entry.jan and wanted.jan != entry.jan:
        return True
    if wanted.asin and entry.asin and wanted.asin != entry.asin:
        return True
    both = wanted.model_number and entry.model_number
    return bool(both) and squashed(str(wanted.model_number)) != squashed(str(entry.model_number))
