"""The tables of the results database, for SQLite and PostgreSQL alike. Times are UTC, money is whole yen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only an INTEGER key; PostgreSQL's INTEGER ends at 2,147,483,647.
BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. A naive one is refused: nobody would know which hour it means."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> sa.Column[int]:
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, BigInt, sa.ForeignKey(target, ondelete="CASCADE"), **options)


queries = sa.Table(
    "queries", metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # squashed model | maker | jan
    sa.Column("model_number", sa.Text, nullable=False),
    sa.Column("maker", sa.Text),
    sa.Column("jan", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

wanted = sa.Table(
    "wanted", metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # see queue.wanted_key
    _ref("query_id", "queries.id", index=True),
    sa.Column("sku", sa.Text),
    sa.Column("order_id", sa.Text, index=True),
    sa.Column("order_item_id", sa.Text),
    sa.Column("model_number", sa.Text),
    sa.Column("maker", sa.Text),
    sa.Column("jan", sa.Text),
    sa.Column("asin", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("max_price", sa.BigInteger),
    sa.Column("sale_price", sa.Text),  # a decimal number as text: neither database loses a digit
    sa.Column("sale_currency", sa.Text),
    sa.Column("condition", sa.Text, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("ship_by", UtcDateTime, index=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    # True for a SKU of the user's own that is watched: asked like an order, but no order, and in no list of orders.
    sa.Column("watch", sa.Boolean, nullable=False, default=False, server_default="0", index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# Rows of Amazon's order reports, the sent and cancelled ones too, without anything personal: what the gauge counts.
order_lines = sa.Table(
    "order_lines", metadata,
    _id(),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("order_item_id", sa.Text),  # the all-orders report has none: there (order_id, sku) names the row
    sa.Column("sku", sa.Text),
    sa.Column("asin", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("status", sa.Text, nullable=False),  # kataban.intake.OrderStatus
    sa.Column("fulfilment", sa.Text),  # merchant, amazon; None where no report said it
    sa.Column("quantity", sa.Integer),
    sa.Column("sale_price", sa.Text),
    sa.Column("sale_currency", sa.Text),
    sa.Column("purchased_at", UtcDateTime, index=True),
    sa.Column("ship_by", UtcDateTime),
    sa.Column("buyer_asks_to_cancel", sa.Boolean),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_order_lines_row", "order_id", "sku"),
)

# How a Wanted row of an order ended, by the user's word or by a later report.
resolutions = sa.Table(
    "resolutions", metadata,
    _ref("wanted_id", "wanted.id", primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # kataban.items.Ending
    sa.Column("by", sa.Text, nullable=False),  # user, report
    sa.Column("source", sa.Text),  # where it was bought: a Source, or the user's own words
    # The word outlives the Listing.
    sa.Column("listing_pk", BigInt, sa.ForeignKey("listings.id", ondelete="SET NULL")),
    sa.Column("seller_id", sa.Text),
    sa.Column("price", sa.BigInteger),  # yen paid for the whole row
    sa.Column("note", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
)

queue_files = sa.Table(
    "queue_files", metadata,
    sa.Column("content_hash", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Column("rows_kept", sa.Integer, nullable=False),
    sa.Column("rows_rejected", sa.Integer, nullable=False),
)

catalogue = sa.Table(
    "catalogue", metadata,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("model_number", sa.Text),
    sa.Column("maker", sa.Text),
    sa.Column("jan", sa.Text),
    sa.Column("max_price", sa.BigInteger),
    sa.Column("condition", sa.Text),
    sa.Column("asin", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("price", sa.Text),  # the user's own, a decimal number in the marketplace's currency
    sa.Column("quantity", sa.Integer),
    sa.Column("fulfilment", sa.Text),  # merchant, amazon: rows of amazon (FBA) are never touched
    sa.Column("status", sa.Text),  # as the listings report says it
    sa.Column("listed_at", UtcDateTime),  # when a listings report last showed it
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# One watched SKU: who still supplies it, and on what evidence we say so.
watches = sa.Table(
    "watches", metadata,
    sa.Column("sku", sa.Text, primary_key=True),
    _ref("wanted_id", "wanted.id", nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False, index=True),  # kataban.items.Supply
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("suppliers", sa.Integer, nullable=False, default=0),
    sa.Column("cheapest", sa.BigInteger),  # yen, total of the cheapest exact purchasable offer
    sa.Column("cheapest_source", sa.Text),
    sa.Column("margin", sa.BigInteger),  # yen left of the listing's price after fees, costs and the cheapest offer
    sa.Column("coverage", sa.Float),  # 0 to 1: the share of asked sources that answered completely
    sa.Column("successor", sa.Text),
    sa.Column("evidence", sa.JSON),
    sa.Column("checked_at", UtcDateTime),
)

watch_events = sa.Table(
    "watch_events", metadata,
    _id(),
    sa.Column("sku", sa.Text, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON),
    sa.Column("at", UtcDateTime, nullable=False),
)

# What a written file took out of sale, and the quantity that a later file gives back.
takedowns = sa.Table(
    "takedowns", metadata,
    _id(),
    sa.Column("sku", sa.Text, nullable=False, index=True),
    sa.Column("quantity_before", sa.Integer, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("written_at", UtcDateTime, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("restored_at", UtcDateTime),
    sa.Column("restore_file", sa.Text),
)

runs = sa.Table(
    "runs", metadata,
    _id(),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("due", sa.Integer),
    sa.Column("requests", sa.Integer),
    sa.Column("listings", sa.Integer),
    sa.Column("finish_reason", sa.Text),
    sa.Column("outcomes", sa.JSON),
)

searches = sa.Table(
    "searches", metadata,
    _id(),
    _ref("query_id", "queries.id", nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    _ref("run_id", "runs.id"),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("outcome", sa.Text),
    sa.Column("reason_code", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("due_at", UtcDateTime),  # when it may be asked again
    sa.Column("complete", sa.Boolean, nullable=False, default=False),
    sa.Column("hits_reported", sa.Integer),
    sa.Column("rows_read", sa.Integer, nullable=False, default=0),
    sa.Column("pages_read", sa.Integer, nullable=False, default=0),
    sa.Column("requests", sa.Integer, nullable=False, default=0),
    sa.Column("exact_count", sa.Integer, nullable=False, default=0),
    sa.Column("purchasable_count", sa.Integer, nullable=False, default=0),
    sa.Column("forms", sa.JSON),  # the spellings asked
    sa.Index("ix_searches_latest", "query_id", "source", "id"),
    # Two runs can never have the same Query of one Source open at once.
    sa.Index("uq_searches_open", "query_id", "source", unique=True,
             sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL")),
)

sellers = sa.Table(
    "sellers", metadata,
    _id(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("seller_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("good", sa.BigInteger),
    sa.Column("normal", sa.BigInteger),
    sa.Column("bad", sa.BigInteger),
    sa.Column("stars", sa.Float),
    sa.Column("percent_good", sa.Float),
    sa.Column("review_average", sa.Float),
    sa.Column("review_count", sa.BigInteger),
    sa.Column("sold_count", sa.BigInteger),
    sa.Column("since", sa.Date),
    sa.Column("identity_verified", sa.Boolean),
    sa.Column("business", sa.Boolean),
    sa.Column("badges", sa.JSON),
    sa.Column("profile_phrases", sa.JSON),  # matched phrases only, never the text
    sa.Column("page_read_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("source", "seller_id"),
)

listings = sa.Table(
    "listings", metadata,
    _id(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("listing_id", sa.Text, nullable=False),
    sa.Column("found_via", sa.Text),
    sa.Column("variant_of", sa.Text),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("attributes", sa.JSON),
    sa.Column("brand", sa.Text),
    sa.Column("mpn", sa.Text),
    sa.Column("sku", sa.Text),
    sa.Column("gtin", sa.Text),
    sa.Column("image_url", sa.Text),
    sa.Column("price", sa.BigInteger),
    sa.Column("price_kind", sa.Text, nullable=False),
    sa.Column("shipping", sa.BigInteger),
    sa.Column("shipping_included", sa.Boolean),
    sa.Column("shipping_method", sa.Text),
    sa.Column("points", sa.BigInteger),
    sa.Column("coupon", sa.Text),
    sa.Column("availability", sa.Text, nullable=False),
    sa.Column("availability_evidence", sa.Text),
    sa.Column("store_stock", sa.JSON),
    sa.Column("condition", sa.Text, nullable=False),
    sa.Column("condition_label", sa.Text),
    sa.Column("quantity", sa.BigInteger),
    sa.Column("ships_in_days_min", sa.Integer),
    sa.Column("ships_in_days_max", sa.Integer),
    sa.Column("ships_from", sa.Text),
    sa.Column("posted_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime),
    sa.Column("detail_read", sa.Boolean, nullable=False),
    sa.Column("price_doubt", sa.Boolean, nullable=False, default=False),
    _ref("seller_pk", "sellers.id", index=True),
    sa.Column("grade", sa.Text),
    sa.Column("reputation", sa.Integer),
    sa.Column("personality", sa.Integer),
    sa.Column("reasons", sa.JSON),
    sa.Column("phrases", sa.JSON),
    sa.Column("first_seen_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    sa.UniqueConstraint("source", "listing_id"),
)

sightings = sa.Table(
    "sightings", metadata,
    _id(),
    _ref("listing_pk", "listings.id", nullable=False),
    sa.Column("price", sa.BigInteger),
    sa.Column("shipping", sa.BigInteger),
    sa.Column("availability", sa.Text, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("listing_pk", "seen_at"),
)

judgements = sa.Table(
    "judgements", metadata,
    _id(),
    _ref("listing_pk", "listings.id", nullable=False, index=True),
    _ref("query_id", "queries.id", nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON),
    sa.Column("judged_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("listing_pk", "query_id"),
    sa.Index("ix_judgements_query_verdict", "query_id", "verdict"),
)

# Our conclusion for one Wanted about one Listing; alternatives are its rows that are not `no` and still fresh.
purchases = sa.Table(
    "purchases", metadata,
    _ref("wanted_id", "wanted.id", primary_key=True),
    _ref("listing_pk", "listings.id", primary_key=True, index=True),
    sa.Column("purchase", sa.Text, nullable=False),
    sa.Column("total", sa.BigInteger),
    sa.Column("reasons", sa.JSON),
    sa.Column("fresh_until", UtcDateTime, nullable=False),
)

leads = sa.Table(
    "leads", metadata,
    _id(),
    _ref("query_id", "queries.id", nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("rank", sa.Integer),
    sa.Column("engine", sa.Text),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("query_id", "url"),
)

host_gates = sa.Table(
    "host_gates", metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("rest_until", UtcDateTime),
    sa.Column("rest_level", sa.Integer, nullable=False, default=0),
    sa.Column("reason", sa.Text),
)

source_states = sa.Table(
    "source_states", metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("rest_until", UtcDateTime),
    sa.Column("rest_level", sa.Integer, nullable=False, default=0),
    sa.Column("reason_code", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("answered_at", UtcDateTime),
)

marks = sa.Table(
    "marks", metadata,
    _id(),
    sa.Column("kind", sa.Text, nullable=False),  # wrong_model, right_model, seller_not_ok, seller_trusted, bought
    _ref("listing_pk", "listings.id"),
    _ref("query_id", "queries.id"),
    sa.Column("source", sa.Text),
    sa.Column("seller_id", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("verdict", sa.Text),  # what the matcher had said, with its evidence: a mark is a lesson
    sa.Column("evidence", sa.JSON),
    sa.Column("marked_at", UtcDateTime, nullable=False),
    sa.Index("ix_marks_seller", "source", "seller_id"),
)

# What each target of notifications (a hash of its address) was last told of a subject: nothing is told twice.
notified = sa.Table(
    "notified", metadata,
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),  # wanted:12, source:mercari
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
