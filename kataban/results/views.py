"""The stable views, for people who live in SQL. Their columns are promised in docs/database.md."""

from __future__ import annotations

# CURRENT_TIMESTAMP is UTC on SQLite, as our stored times are, and an instant on PostgreSQL.
# In the order of making: later ones stand on earlier ones.
VIEWS = {
    "latest_searches": """
        SELECT s.* FROM searches s
        WHERE s.closed_at IS NOT NULL AND s.id = (
        SELECT MAX(n.id) FROM searches n
        WHERE n.query_id = s.query_id AND n.source = s.source AND n.closed_at IS NOT NULL)
    """,
    "purchasable_alternatives": """
        SELECT w.id AS wanted_id, w.order_id, w.order_item_id, w.model_number, w.maker, w.jan, w.ship_by,
               l.source, l.listing_id, l.url, l.title, l.price, l.shipping, l.shipping_included, p.total,
               l.condition, l.availability, p.purchase, s.seller_id, s.name AS seller_name, l.grade AS seller_grade,
               l.reputation, l.personality, l.seen_at, p.fresh_until
        FROM purchases p
        JOIN wanted w ON w.id = p.wanted_id
        JOIN listings l ON l.id = p.listing_pk
        JOIN judgements j ON j.listing_pk = l.id AND j.query_id = w.query_id
        LEFT JOIN sellers s ON s.id = l.seller_pk
        WHERE w.state = 'open' AND NOT w.watch AND j.verdict = 'exact' AND p.purchase <> 'no'
          AND p.fresh_until > CURRENT_TIMESTAMP
    """,
    "order_overview": """
        SELECT w.id AS wanted_id, w.order_id, w.order_item_id, w.model_number, w.maker, w.ship_by, w.state,
               (SELECT COUNT(*) FROM purchasable_alternatives a WHERE a.wanted_id = w.id) AS alternatives,
               (SELECT MIN(a.total) FROM purchasable_alternatives a WHERE a.wanted_id = w.id) AS cheapest_total,
               (SELECT COUNT(*) FROM latest_searches q WHERE q.query_id = w.query_id
                 AND q.outcome IN ('found', 'nothing', 'answered')) AS sources_answered,
               (SELECT COUNT(*) FROM latest_searches q WHERE q.query_id = w.query_id
                 AND q.outcome = 'partial') AS sources_partly,
               (SELECT COUNT(*) FROM latest_searches q WHERE q.query_id = w.query_id
                 AND q.outcome NOT IN ('found', 'nothing', 'answered', 'partial')) AS sources_not_looked
        FROM wanted w
        WHERE NOT w.watch
    """,
    "source_health": """
        SELECT q.source, COUNT(*) AS queries,
               SUM(CASE WHEN q.outcome IN ('found', 'nothing', 'answered', 'partial') THEN 1 ELSE 0 END) AS answered,
               SUM(CASE WHEN q.outcome = 'found' THEN 1 ELSE 0 END) AS found,
               SUM(q.requests) AS requests, MAX(q.closed_at) AS last_closed_at,
               t.rest_until, t.reason_code, t.reason, t.answered_at
        FROM latest_searches q
        LEFT JOIN source_states t ON t.source = q.source
        GROUP BY q.source, t.rest_until, t.reason_code, t.reason, t.answered_at
    """,
}
