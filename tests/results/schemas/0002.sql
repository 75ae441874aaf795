BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE catalogue (
	sku TEXT NOT NULL, 
	model_number TEXT, 
	maker TEXT, 
	jan TEXT, 
	max_price BIGINT, 
	condition TEXT, 
	asin TEXT, 
	name TEXT, 
	updated_at DATETIME NOT NULL, price TEXT, quantity INTEGER, fulfilment TEXT, status TEXT, listed_at DATETIME, 
	CONSTRAINT pk_catalogue PRIMARY KEY (sku)
);
CREATE TABLE host_gates (
	host TEXT NOT NULL, 
	next_at DATETIME NOT NULL, 
	rest_until DATETIME, 
	rest_level INTEGER NOT NULL, 
	reason TEXT, 
	CONSTRAINT pk_host_gates PRIMARY KEY (host)
);
CREATE TABLE judgements (
	id INTEGER NOT NULL, 
	listing_pk INTEGER NOT NULL, 
	query_id INTEGER NOT NULL, 
	verdict TEXT NOT NULL, 
	evidence JSON, 
	judged_at DATETIME NOT NULL, 
	CONSTRAINT pk_judgements PRIMARY KEY (id), 
	CONSTRAINT fk_judgements_listing_pk_listings FOREIGN KEY(listing_pk) REFERENCES listings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_judgements_query_id_queries FOREIGN KEY(query_id) REFERENCES queries (id) ON DELETE CASCADE, 
	CONSTRAINT uq_judgements_listing_pk_query_id UNIQUE (listing_pk, query_id)
);
INSERT INTO "judgements" VALUES(1,1,1,'exact','[{"rule": "number_equal", "span": "AB-1200C", "place": "title", "text_ja": "\u300cAB-1200C\u300d\u306f\u63a2\u3057\u3066\u3044\u308b\u578b\u756a AB-1200C \u3068\u540c\u3058\u3067\u3059", "text_en": "\"AB-1200C\" is the asked number AB-1200C", "start": 4}]','2026-11-24 04:00:00.000000');
INSERT INTO "judgements" VALUES(2,2,1,'exact','[{"rule": "number_equal", "span": "AB-1200C", "place": "title", "text_ja": "\u300cAB-1200C\u300d\u306f\u63a2\u3057\u3066\u3044\u308b\u578b\u756a AB-1200C \u3068\u540c\u3058\u3067\u3059", "text_en": "\"AB-1200C\" is the asked number AB-1200C", "start": 4}]','2026-11-24 04:00:00.000000');
INSERT INTO "judgements" VALUES(3,3,1,'different','[{"rule": "other_number", "span": "AB-1300C", "place": "title", "text_ja": "\u51fa\u54c1\u3055\u308c\u3066\u3044\u308b\u306e\u306f\u300cAB-1300C\u300d\u3067\u3001AB-1200C \u3067\u306f\u3042\u308a\u307e\u305b\u3093", "text_en": "What is offered is \"AB-1300C\", not AB-1200C", "start": 4}]','2026-11-24 04:00:00.000000');
CREATE TABLE leads (
	id INTEGER NOT NULL, 
	query_id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT, 
	rank INTEGER, 
	engine TEXT, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_leads PRIMARY KEY (id), 
	CONSTRAINT fk_leads_query_id_queries FOREIGN KEY(query_id) REFERENCES queries (id) ON DELETE CASCADE, 
	CONSTRAINT uq_leads_query_id_url UNIQUE (query_id, url)
);
CREATE TABLE listings (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	listing_id TEXT NOT NULL, 
	found_via TEXT, 
	variant_of TEXT, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT, 
	attributes JSON, 
	brand TEXT, 
	mpn TEXT, 
	sku TEXT, 
	gtin TEXT, 
	image_url TEXT, 
	price BIGINT, 
	price_kind TEXT NOT NULL, 
	shipping BIGINT, 
	shipping_included BOOLEAN, 
	shipping_method TEXT, 
	points BIGINT, 
	coupon TEXT, 
	availability TEXT NOT NULL, 
	availability_evidence TEXT, 
	store_stock JSON, 
	condition TEXT NOT NULL, 
	condition_label TEXT, 
	quantity BIGINT, 
	ships_in_days_min INTEGER, 
	ships_in_days_max INTEGER, 
	ships_from TEXT, 
	posted_at DATETIME, 
	updated_at DATETIME, 
	detail_read BOOLEAN NOT NULL, 
	price_doubt BOOLEAN NOT NULL, 
	seller_pk INTEGER, 
	grade TEXT, 
	reputation INTEGER, 
	personality INTEGER, 
	reasons JSON, 
	phrases JSON, 
	first_seen_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_listings PRIMARY KEY (id), 
	CONSTRAINT fk_listings_seller_pk_sellers FOREIGN KEY(seller_pk) REFERENCES sellers (id) ON DELETE CASCADE, 
	CONSTRAINT uq_listings_source_listing_id UNIQUE (source, listing_id)
);
INSERT INTO "listings" VALUES(1,'rakuma','a',NULL,NULL,'https://shop.example/a','カシオ AB-1200C 新品',NULL,'{}',NULL,NULL,NULL,NULL,NULL,4999,'fixed',0,1,NULL,NULL,NULL,'in_stock','cart button','{}','new',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1,NULL,NULL,NULL,'null','null','2026-11-24 03:00:00.000000','2026-11-24 04:00:00.000000');
INSERT INTO "listings" VALUES(2,'rakuma','b',NULL,NULL,'https://shop.example/b','カシオ AB-1200C 新品',NULL,'{}',NULL,NULL,NULL,NULL,NULL,5000,'fixed',0,1,NULL,NULL,NULL,'in_stock','cart button','{}','new',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1,NULL,NULL,NULL,'null','null','2026-11-24 03:00:00.000000','2026-11-24 04:00:00.000000');
INSERT INTO "listings" VALUES(3,'rakuma','c',NULL,NULL,'https://shop.example/c','カシオ AB-1300C 新品',NULL,'{}',NULL,NULL,NULL,NULL,NULL,5000,'fixed',0,1,NULL,NULL,NULL,'in_stock','cart button','{}','new',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1,NULL,NULL,NULL,'null','null','2026-11-24 03:00:00.000000','2026-11-24 04:00:00.000000');
CREATE TABLE marks (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	listing_pk INTEGER, 
	query_id INTEGER, 
	source TEXT, 
	seller_id TEXT, 
	note TEXT, 
	verdict TEXT, 
	evidence JSON, 
	marked_at DATETIME NOT NULL, 
	CONSTRAINT pk_marks PRIMARY KEY (id), 
	CONSTRAINT fk_marks_listing_pk_listings FOREIGN KEY(listing_pk) REFERENCES listings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_marks_query_id_queries FOREIGN KEY(query_id) REFERENCES queries (id) ON DELETE CASCADE
);
INSERT INTO "marks" VALUES(1,'wrong_model',2,1,'rakuma','s1',NULL,'exact','[{"rule": "number_equal", "span": "AB-1200C", "place": "title", "text_ja": "\u300cAB-1200C\u300d\u306f\u63a2\u3057\u3066\u3044\u308b\u578b\u756a AB-1200C \u3068\u540c\u3058\u3067\u3059", "text_en": "\"AB-1200C\" is the asked number AB-1200C", "start": 4}]','2026-11-24 03:00:00.000000');
CREATE TABLE notified (
	target TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	state JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_notified PRIMARY KEY (target, subject)
);
INSERT INTO "notified" VALUES('0123456789abcdef','wanted:1','{"alternatives": 1}','2026-11-24 03:00:00.000000');
CREATE TABLE order_lines (
	id INTEGER NOT NULL, 
	order_id TEXT NOT NULL, 
	order_item_id TEXT, 
	sku TEXT, 
	asin TEXT, 
	name TEXT, 
	status TEXT NOT NULL, 
	fulfilment TEXT, 
	quantity INTEGER, 
	sale_price TEXT, 
	sale_currency TEXT, 
	purchased_at DATETIME, 
	ship_by DATETIME, 
	buyer_asks_to_cancel BOOLEAN, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_order_lines PRIMARY KEY (id)
);
CREATE TABLE purchases (
	wanted_id INTEGER NOT NULL, 
	listing_pk INTEGER NOT NULL, 
	purchase TEXT NOT NULL, 
	total BIGINT, 
	reasons JSON, 
	fresh_until DATETIME NOT NULL, 
	CONSTRAINT pk_purchases PRIMARY KEY (wanted_id, listing_pk), 
	CONSTRAINT fk_purchases_listing_pk_listings FOREIGN KEY(listing_pk) REFERENCES listings (id) ON DELETE CASCADE, 
	CONSTRAINT fk_purchases_wanted_id_wanted FOREIGN KEY(wanted_id) REFERENCES wanted (id) ON DELETE CASCADE
);
INSERT INTO "purchases" VALUES(1,1,'now',4999,'[]','2026-11-25 04:00:00.000000');
INSERT INTO "purchases" VALUES(1,2,'no',5000,'[{"code": "marked_wrong_model", "text_ja": "\u5225\u306e\u578b\u756a\u3068\u8a18\u9332\u6e08\u307f", "text_en": "you marked this as the wrong model"}]','2026-11-25 04:00:00.000000');
CREATE TABLE queries (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	model_number TEXT NOT NULL, 
	maker TEXT, 
	jan TEXT, 
	name TEXT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_queries PRIMARY KEY (id), 
	CONSTRAINT uq_queries_key UNIQUE ("key")
);
INSERT INTO "queries" VALUES(1,'ab1200c|casio|','AB-1200C','CASIO',NULL,NULL,'2026-11-24 03:00:00.000000');
INSERT INTO "queries" VALUES(2,'zz9|casio|','ZZ-9','CASIO',NULL,NULL,'2026-11-24 03:00:00.000000');
CREATE TABLE queue_files (
	content_hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	read_at DATETIME NOT NULL, 
	rows_kept INTEGER NOT NULL, 
	rows_rejected INTEGER NOT NULL, 
	CONSTRAINT pk_queue_files PRIMARY KEY (content_hash)
);
CREATE TABLE resolutions (
	wanted_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	source TEXT, 
	listing_pk INTEGER, 
	seller_id TEXT, 
	price BIGINT, 
	note TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_resolutions PRIMARY KEY (wanted_id), 
	CONSTRAINT fk_resolutions_listing_pk_listings FOREIGN KEY(listing_pk) REFERENCES listings (id) ON DELETE SET NULL, 
	CONSTRAINT fk_resolutions_wanted_id_wanted FOREIGN KEY(wanted_id) REFERENCES wanted (id) ON DELETE CASCADE
);
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	due INTEGER, 
	requests INTEGER, 
	listings INTEGER, 
	finish_reason TEXT, 
	outcomes JSON, 
	CONSTRAINT pk_runs PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES(1,'rakuma','2026-11-24 03:00:00.000000',NULL,1,NULL,NULL,NULL,NULL);
INSERT INTO "runs" VALUES(2,'rakuma','2026-11-24 04:00:00.000000',NULL,1,NULL,NULL,NULL,NULL);
INSERT INTO "runs" VALUES(3,'mercari','2026-11-24 03:00:00.000000',NULL,1,NULL,NULL,NULL,NULL);
CREATE TABLE searches (
	id INTEGER NOT NULL, 
	query_id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	run_id INTEGER, 
	opened_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	outcome TEXT, 
	reason_code TEXT, 
	reason TEXT, 
	due_at DATETIME, 
	complete BOOLEAN NOT NULL, 
	hits_reported INTEGER, 
	rows_read INTEGER NOT NULL, 
	pages_read INTEGER NOT NULL, 
	requests INTEGER NOT NULL, 
	exact_count INTEGER NOT NULL, 
	purchasable_count INTEGER NOT NULL, 
	forms JSON, 
	CONSTRAINT pk_searches PRIMARY KEY (id), 
	CONSTRAINT fk_searches_query_id_queries FOREIGN KEY(query_id) REFERENCES queries (id) ON DELETE CASCADE, 
	CONSTRAINT fk_searches_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "searches" VALUES(1,1,'rakuma',1,'2026-11-24 03:00:00.000000','2026-11-24 03:00:00.000000','found',NULL,NULL,NULL,0,NULL,0,0,0,0,2,'[]');
INSERT INTO "searches" VALUES(2,1,'rakuma',2,'2026-11-24 04:00:00.000000','2026-11-24 04:00:00.000000','found',NULL,NULL,NULL,0,NULL,0,0,0,0,2,'[]');
INSERT INTO "searches" VALUES(3,2,'mercari',3,'2026-11-24 03:00:00.000000','2026-11-24 03:00:00.000000','blocked',NULL,'a challenge','2026-11-24 04:00:00.000000',0,NULL,0,0,0,0,0,'[]');
CREATE TABLE sellers (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	seller_id TEXT NOT NULL, 
	name TEXT, 
	url TEXT, 
	good BIGINT, 
	normal BIGINT, 
	bad BIGINT, 
	stars FLOAT, 
	percent_good FLOAT, 
	review_average FLOAT, 
	review_count BIGINT, 
	sold_count BIGINT, 
	since DATE, 
	identity_verified BOOLEAN, 
	business BOOLEAN, 
	badges JSON, 
	profile_phrases JSON, 
	page_read_at DATETIME, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_sellers PRIMARY KEY (id), 
	CONSTRAINT uq_sellers_source_seller_id UNIQUE (source, seller_id)
);
INSERT INTO "sellers" VALUES(1,'rakuma','s1','店',NULL,120,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]','null',NULL,'2026-11-24 04:00:00.000000');
CREATE TABLE sightings (
	id INTEGER NOT NULL, 
	listing_pk INTEGER NOT NULL, 
	price BIGINT, 
	shipping BIGINT, 
	availability TEXT NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sightings PRIMARY KEY (id), 
	CONSTRAINT fk_sightings_listing_pk_listings FOREIGN KEY(listing_pk) REFERENCES listings (id) ON DELETE CASCADE, 
	CONSTRAINT uq_sightings_listing_pk_seen_at UNIQUE (listing_pk, seen_at)
);
INSERT INTO "sightings" VALUES(1,1,5000,0,'in_stock','2026-11-24 03:00:00.000000');
INSERT INTO "sightings" VALUES(2,2,5000,0,'in_stock','2026-11-24 03:00:00.000000');
INSERT INTO "sightings" VALUES(3,3,5000,0,'in_stock','2026-11-24 03:00:00.000000');
INSERT INTO "sightings" VALUES(4,1,4999,0,'in_stock','2026-11-24 04:00:00.000000');
INSERT INTO "sightings" VALUES(5,2,5000,0,'in_stock','2026-11-24 04:00:00.000000');
INSERT INTO "sightings" VALUES(6,3,5000,0,'in_stock','2026-11-24 04:00:00.000000');
CREATE TABLE source_states (
	source TEXT NOT NULL, 
	rest_until DATETIME, 
	rest_level INTEGER NOT NULL, 
	reason_code TEXT, 
	reason TEXT, 
	answered_at DATETIME, 
	CONSTRAINT pk_source_states PRIMARY KEY (source)
);
CREATE TABLE takedowns (
	id INTEGER NOT NULL, 
	sku TEXT NOT NULL, 
	quantity_before INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	written_at DATETIME NOT NULL, 
	file TEXT NOT NULL, 
	restored_at DATETIME, 
	restore_file TEXT, 
	CONSTRAINT pk_takedowns PRIMARY KEY (id)
);
CREATE TABLE wanted (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	query_id INTEGER, 
	sku TEXT, 
	order_id TEXT, 
	order_item_id TEXT, 
	model_number TEXT, 
	maker TEXT, 
	jan TEXT, 
	asin TEXT, 
	name TEXT, 
	max_price BIGINT, 
	sale_price TEXT, 
	sale_currency TEXT, 
	condition TEXT NOT NULL, 
	quantity INTEGER NOT NULL, 
	ship_by DATETIME, 
	state TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, watch BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_wanted PRIMARY KEY (id), 
	CONSTRAINT fk_wanted_query_id_queries FOREIGN KEY(query_id) REFERENCES queries (id) ON DELETE CASCADE, 
	CONSTRAINT uq_wanted_key UNIQUE ("key")
);
INSERT INTO "wanted" VALUES(1,'order|250-1|1|',1,NULL,'250-1','1','AB-1200C','CASIO',NULL,NULL,NULL,NULL,'99.90','USD','unused',1,'2026-11-29 03:00:00.000000','open','2026-11-24 03:00:00.000000','2026-11-24 03:00:00.000000',0);
INSERT INTO "wanted" VALUES(2,'order|250-2|1|',2,NULL,'250-2','1','ZZ-9','CASIO',NULL,NULL,NULL,NULL,NULL,NULL,'unused',1,NULL,'open','2026-11-24 03:00:00.000000','2026-11-24 03:00:00.000000',0);
CREATE TABLE watch_events (
	id INTEGER NOT NULL, 
	sku TEXT NOT NULL, 
	state TEXT NOT NULL, 
	evidence JSON, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_watch_events PRIMARY KEY (id)
);
CREATE TABLE watches (
	sku TEXT NOT NULL, 
	wanted_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	since DATETIME NOT NULL, 
	suppliers INTEGER NOT NULL, 
	cheapest BIGINT, 
	cheapest_source TEXT, 
	margin BIGINT, 
	coverage FLOAT, 
	successor TEXT, 
	evidence JSON, 
	checked_at DATETIME, 
	CONSTRAINT pk_watches PRIMARY KEY (sku), 
	CONSTRAINT fk_watches_wanted_id_wanted FOREIGN KEY(wanted_id) REFERENCES wanted (id) ON DELETE CASCADE, 
	CONSTRAINT uq_watches_wanted_id UNIQUE (wanted_id)
);
CREATE INDEX ix_runs_source ON runs (source);
CREATE INDEX ix_listings_seen_at ON listings (seen_at);
CREATE INDEX ix_listings_seller_pk ON listings (seller_pk);
CREATE INDEX ix_searches_latest ON searches (query_id, source, id);
CREATE UNIQUE INDEX uq_searches_open ON searches (query_id, source) WHERE closed_at IS NULL;
CREATE INDEX ix_wanted_order_id ON wanted (order_id);
CREATE INDEX ix_wanted_query_id ON wanted (query_id);
CREATE INDEX ix_wanted_ship_by ON wanted (ship_by);
CREATE INDEX ix_wanted_state ON wanted (state);
CREATE INDEX ix_judgements_listing_pk ON judgements (listing_pk);
CREATE INDEX ix_judgements_query_verdict ON judgements (query_id, verdict);
CREATE INDEX ix_marks_seller ON marks (source, seller_id);
CREATE INDEX ix_purchases_listing_pk ON purchases (listing_pk);
CREATE INDEX ix_order_lines_purchased_at ON order_lines (purchased_at);
CREATE INDEX ix_order_lines_row ON order_lines (order_id, sku);
CREATE INDEX ix_takedowns_sku ON takedowns (sku);
CREATE INDEX ix_watch_events_sku ON watch_events (sku);
CREATE INDEX ix_watches_state ON watches (state);
CREATE INDEX ix_wanted_watch ON wanted (watch);
CREATE VIEW latest_searches AS 
        SELECT s.* FROM searches s
        WHERE s.closed_at IS NOT NULL AND s.id = (
        SELECT MAX(n.id) FROM searches n
        WHERE n.query_id = s.query_id AND n.source = s.source AND n.closed_at IS NOT NULL);
CREATE VIEW purchasable_alternatives AS 
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
          AND p.fresh_until > CURRENT_TIMESTAMP;
CREATE VIEW order_overview AS 
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
        WHERE NOT w.watch;
CREATE VIEW source_health AS 
        SELECT q.source, COUNT(*) AS queries,
               SUM(CASE WHEN q.outcome IN ('found', 'nothing', 'answered', 'partial') THEN 1 ELSE 0 END) AS answered,
               SUM(CASE WHEN q.outcome = 'found' THEN 1 ELSE 0 END) AS found,
               SUM(q.requests) AS requests, MAX(q.closed_at) AS last_closed_at,
               t.rest_until, t.reason_code, t.reason, t.answered_at
        FROM latest_searches q
        LEFT JOIN source_states t ON t.source = q.source
        GROUP BY q.source, t.rest_until, t.reason_code, t.reason, t.answered_at;
COMMIT;
