"""What is known of a watched SKU's model, as the supply rules take it. Plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kataban.items import Listing, Outcome, Purchase


@dataclass(frozen=True, slots=True)
class Rules:
    """The user's settings. In `round` every SKU is looked at once; a look is believed for half as long again, since no
    two rounds take the same time. `search` is how old the last full search of a supplied SKU may be.

    `wait` is how long after its last answer a source that cannot look is waited for. `coverage` is a share of
    the sources, `rise` is in percent, `used` how long only used offers may be left.
    """

    round: timedelta = timedelta(hours=24)
    search: timedelta = timedelta(days=7)
    coverage: float = 0.8
    rise: int = 15
    used: timedelta = timedelta(days=14)
    wait: timedelta = timedelta(hours=96)

    @property
    def believed(self) -> timedelta:
        """How long a look at a supplier, or at a source that has none, is believed."""
        return self.round * 3 / 2

    @property
    def again(self) -> timedelta:
        """After how long a SKU is looked at again: a run a day must not miss it by minutes."""
        return self.round / 2


@dataclass(frozen=True, slots=True)
class Offered:
    """An exact Listing as it stands towards the SKU: our conclusion about buying it, and its total in yen."""

    listing: Listing
    purchase: Purchase
    total: int | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How the last Search of the model at one Source ended, and when it `began`; None when there was none.

    `answered_at` is when that source last answered, for whatever model.
    `lists_all` is False where a page that is not shown may still stand: what web search no longer finds is not gone.
    """

    source: str
    outcome: Outcome | None = None
    complete: bool = False
    at: datetime | None = None
    reason_code: str | None = None
    began: datetime | None = None
    lists_all: bool = True
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SupplyEvidence:
    """One reason for a state. `span` is the text as it stands in the listing, or the source's outcome."""

    rule: str
    text_ja: str
    text_en: str
    source: str | None = None
    listing_id: str | None = None
    url: str | None = None
    span: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A statement that the model's life ended: `evidence.rule` is maker_ended, sale_ended or successor."""

    evidence: SupplyEvidence
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of one SKU's model. `prices` is the cheapest exact total of each day, in yen; `new_at` is when
    an offer in an accepted condition was last in stock, `since` when the first look was."""

    offers: Sequence[Offered] = ()
    looks: Sequence[Look] = ()
    signs: Sequence[Sign] = ()
    prices: Mapping[str, int] = field(default_factory=dict)
    new_at: datetime | None = None
    since: datetime | None = None
