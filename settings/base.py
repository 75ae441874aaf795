"""Scrapy settings of Kataban, in the order of Scrapy's own template.

Only what differs from Scrapy 2.19's defaults stands here, each change with its reason. Manners (whether and when we
ask) are in plain sight: robots.txt, pace, rest, egress and the User-Agent are set in this file and nowhere else.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import load_dotenv

PROJECT_ROOT = Path(__file__).resolve().parents[1]
load_dotenv(PROJECT_ROOT / ".env")  # keys and the user's own settings; what the environment already says wins


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", os.environ.get(name, "")) if word]


def _place(url: str) -> list[str]:
    netloc = urlsplit(url).netloc
    if not netloc or re.search(r":[0-9]+$", netloc):
        return [netloc] if netloc else []
    return [f"{netloc}:{443 if url.startswith('https:') else 80}"]


# --- Kataban's own ---------------------------------------------------------------------------------------------------

# Database, logs, locks, reports and rejects all live under one folder.
STATE_FOLDER = str(Path(os.environ.get("KATABAN_HOME") or PROJECT_ROOT / "var").expanduser().absolute())
KATABAN_DATABASE = os.environ.get("KATABAN_DATABASE") or f"sqlite:///{STATE_FOLDER}/kataban.db"
# The folder that queue files are dropped into.
KATABAN_QUEUE = os.environ.get("KATABAN_QUEUE") or f"{STATE_FOLDER}/queue"
# Sources that are off by default because their terms restrict business use; naming one here switches it on.
KATABAN_ENABLE = _words("KATABAN_ENABLE")
KATABAN_DISABLE = _words("KATABAN_DISABLE")  # sources that the user wants left alone
KATABAN_LANG = os.environ.get("KATABAN_LANG") or ("ja" if os.environ.get("LANG", "").startswith("ja") else "en")
# How the user sells, for the profit shown beside an offer. Rates are yen for one unit (USD=150.5,EUR=163): never live.
KATABAN_RATES = _words("KATABAN_RATES")
KATABAN_FEE_PERCENT = os.environ.get("KATABAN_FEE_PERCENT") or "0"  # the marketplace's part of the sale price
KATABAN_COSTS = os.environ.get("KATABAN_COSTS") or "0"  # yen a row costs beside the goods: shipping abroad, packing
KATABAN_SHIP_TO = os.environ.get("KATABAN_SHIP_TO") or "東京都"  # where goods are sent to, for the day of arrival
KATABAN_HANDLING_DAYS = os.environ.get("KATABAN_HANDLING_DAYS") or "0"  # from arrival to ship_by
# A folder of message drafts of your own (NAME.LANGUAGE.txt.j2), and the drafts that are off until named here.
KATABAN_TEMPLATES = os.environ.get("KATABAN_TEMPLATES") or ""
KATABAN_DRAFTS = _words("KATABAN_DRAFTS")
# Watching your own SKUs (docs/listings.md). In so many hours every SKU is looked at once; a supplied one is searched
# everywhere only once in so many days, between that its known suppliers' pages are read.
KATABAN_WATCH_HOURS = os.environ.get("KATABAN_WATCH_HOURS") or "24"
KATABAN_WATCH_SEARCH_DAYS = os.environ.get("KATABAN_WATCH_SEARCH_DAYS") or "7"
KATABAN_WATCH_COVERAGE = os.environ.get("KATABAN_WATCH_COVERAGE") or "0.8"  # less than this is never "gone"
KATABAN_WATCH_WAIT_HOURS = os.environ.get("KATABAN_WATCH_WAIT_HOURS") or "96"  # two days of block, one of rest, a round
KATABAN_WATCH_RISE = os.environ.get("KATABAN_WATCH_RISE") or "15"  # percent over the median of 30 days: thin
KATABAN_WATCH_USED_DAYS = os.environ.get("KATABAN_WATCH_USED_DAYS") or "14"  # only used ones for so long: discontinued
KATABAN_LISTING_CURRENCY = os.environ.get("KATABAN_LISTING_CURRENCY") or ""  # of your prices; else that of your orders
KATABAN_MARGIN_FLOOR = os.environ.get("KATABAN_MARGIN_FLOOR") or ""  # yen; a SKU surely under it is taken off sale
KATABAN_UPLOAD_ENCODING = os.environ.get("KATABAN_UPLOAD_ENCODING") or "utf-8"  # Amazon.co.jp takes cp932
KATABAN_SELLER_ID = os.environ.get("KATABAN_SELLER_ID") or ""  # your merchant token: the JSON feed must name it
# How often an order without anything to buy is looked at again: under 24 h until ship_by every 30 minutes, else every 6
# hours. One with something to buy waits until the look is no longer fresh (24 h, 6 h near ship_by).
KATABAN_LOOK_AGAIN = os.environ.get("KATABAN_LOOK_AGAIN") or "24h:30m,*:6h"
# Where `notify` sends to: apprise addresses, separated by blanks (https://github.com/caronc/apprise/wiki).
KATABAN_NOTIFY = os.environ.get("KATABAN_NOTIFY", "").split()
KATABAN_QUIET = os.environ.get("KATABAN_QUIET", "")  # hours in Japan without notifications: 22:00-07:00
NOTIFY_DEADLINE_HOURS = 48  # "nothing found anywhere" is told when ship_by is nearer than this
# What `purge` keeps without being asked for other figures.
KEEP_SIGHTINGS_DAYS = 30  # older looks at a listing are thinned to one a day
KEEP_LISTINGS_DAYS = 90  # listings not seen for so long go into an archive file
KEEP_LOGS_DAYS = 30  # log files and run reports
KEEP_SELLERS_DAYS = 90  # names and figures of sellers with no listing seen for so long are removed
# host:port pairs that the egress guard lets through although they are private: test servers, the sample market, and
# the user's own SearXNG.
_SEARXNG = os.environ.get("SEARXNG_URL", "").strip().rstrip("/")
KATABAN_ALLOW_HOSTS = [*_words("KATABAN_ALLOW_HOSTS"), *_place(_SEARXNG)]

# Budgets of one Search (one Query asked of one Source).
DETAILS_PER_SEARCH = 20  # items opened on their own page; the row alone seldom proves a model
PAGES_PER_SEARCH = 3  # pages of results read per spelling; what is left makes the Search incomplete
LEADS_PER_SEARCH = 20  # shop pages read that web search found
ASK_AGAIN_TIMES = 2  # after a time-out, a 5xx or a 429 whose Retry-After is short
ASK_AGAIN_SECONDS = 5.0  # the first pause before that; doubled each time
ASK_AGAIN_SECONDS_MAX = 60.0  # a host that asks for more patience is left alone for this run
# Hosts whose rules close them to programs: their addresses are shown as links for a person, never read (2026-11).
LINK_ONLY_HOSTS = ["kakaku.com", "google.com", "google.co.jp", "amazon.co.jp"]

# --- Project ---------------------------------------------------------------------------------------------------------

BOT_NAME = "kataban"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
TEMPLATES_DIR = str(PROJECT_ROOT / "kataban" / "templates")  # genspider -t api, html or browser
COMMANDS_MODULE = "kataban.commands"  # our `crawl` replaces Scrapy's, whose exit code is 0 whatever happened

ADDONS = {
    "kataban.manners.redaction.Redaction": 0,  # keys never reach a log line
    "kataban.manners.browser_settings.BrowserSettings": 10,  # the browser only for spiders whose access is `browser`
}

# --- Who we are ------------------------------------------------------------------------------------------------------

# An honest name and a contact: where it is refused the outcome is `blocked`, and nothing is done against that.
_CONTACT = re.sub(r"[^\x21-\x7e]+", "", os.environ.get("KATABAN_CONTACT", "")) or "contact-not-set"
USER_AGENT = f"Kataban/0.1 (+{_CONTACT})"

# --- robots.txt ------------------------------------------------------------------------------------------------------

ROBOTSTXT_OBEY = True  # read by our own middleware below; Scrapy 2.19's lets concurrent first requests through
ROBOTSTXT_USER_AGENT = "Kataban"  # the product token, as RFC 9309 wants it
ROBOTS_CACHE_SECONDS = 24 * 3600  # RFC 9309's upper bound, for definite answers only
ROBOTS_UNKNOWN_SECONDS = 600  # how long "could not be read" is believed inside one run
# Endpoints that may be asked although their robots.txt says no: documented ones that answer only with the user's own
# key, and the user's own SearXNG, which ships "Disallow: /*?*q=*" for strangers. Scheme, host and path prefix, one by
# one; a request must say so itself (meta["robots_exempt"]), and no page's does.
ROBOTS_EXEMPT_ENDPOINTS = [*_words("KATABAN_ROBOTS_EXEMPT"), *([f"{_SEARXNG}/search"] if _SEARXNG else [])]

# --- Concurrency and throttling --------------------------------------------------------------------------------------

CONCURRENT_REQUESTS = 16  # over all hosts
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one at a time per host
DOWNLOAD_DELAY = 3.0  # seconds between two requests to one host, where HOST_DELAYS has no figure
DOWNLOAD_DELAY_JITTER = 0.0  # Scrapy's jitter also shortens the delay; pace lengthens only (PACE_JITTER)

# Seconds between two requests to one host, over all our processes. A leading dot means every host under it.
# robots.txt's Crawl-delay lengthens these, never shortens them. Figures are from the facts of 2026-11.
HOST_DELAYS: dict[str, float] = {
    "openapi.rakuten.co.jp": 1.1,  # 1 a second per application id (official FAQ); exactly 1.0 stands on the edge
    "app.rakuten.co.jp": 1.1,
    ".rakuten.co.jp": 6.0,  # shop and item pages: 6 s spacing was fine (2026)
    "shopping.yahooapis.jp": 2.2,  # measured 2026-10-04: 30 calls a clock minute, so 2.0 stands exactly on the edge
    ".mercari.com": 8.0,  # others chose 5-14 s between searches (2026)
    ".mercari.jp": 8.0,
    ".fril.jp": 5.0,  # Rakuma answers hurry with 429; others step by 15 s after one (2026)
    ".stores.jp": 20.0,  # Crawl-delay: 20 in its robots.txt (2026)
    "www.suruga-ya.jp": 30.0,  # Crawl-delay: 30 (2026-10-03)
    "api.search.brave.com": 1.1,  # 50 a second are sold; nothing here needs more than one
    ".yahoo.co.jp": 3.0,  # parallel requests were answered with 500 (2026-01)
}
# Scrapy's own slots inside one process, from the same figures.
DOWNLOAD_SLOTS: dict[str, dict[str, Any]] = {
    host: {"delay": seconds} for host, seconds in HOST_DELAYS.items() if not host.startswith(".")
}

PACE_JITTER = 0.3  # each gap is lengthened by up to this share
PACE_CRAWL_DELAY_MAX = 60.0  # a Crawl-delay beyond this is taken as this
PACE_WAIT_MAX = 300.0  # a gate further away than this and ten gaps comes from a clock that jumped, and is set anew
REST_SECONDS = 900.0  # first rest of a host or source after a block; doubled each time
REST_SECONDS_MAX = 24 * 3600.0  # and never longer than this, whatever Retry-After says

# --- Cookies, consoles -----------------------------------------------------------------------------------------------

COOKIES_ENABLED = False  # nothing here logs in, and no session is to be carried from one search to the next
TELNETCONSOLE_ENABLED = False  # runs code inside the process
REMOTE_CONTROL_ENABLED = False  # so does this one, and it is on by default in 2.19

# --- Requests --------------------------------------------------------------------------------------------------------

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ja",  # Scrapy's default is English, and several shops answer by it
}
REFERRER_POLICY = "same-origin"  # an address may hold the user's key; no other host learns it

# --- Middlewares -----------------------------------------------------------------------------------------------------

SPIDER_MIDDLEWARES = {
    "kataban.crawling.middleware.QueueMiddleware": 900,
}

DOWNLOADER_MIDDLEWARES = {
    "kataban.manners.egress.EgressMiddleware": 40,  # scheme, port and address, before anything is asked of the host
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # lets 9 of 13 concurrent requests through
    "kataban.manners.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "kataban.manners.egress.PlainRedirectMiddleware": 600,  # takes no key and no Referer to another host
    "kataban.manners.pace.PaceMiddleware": 840,  # last before the wire, so that no other middleware delays after it
}

# --- Extensions and pipelines ----------------------------------------------------------------------------------------

ITEM_PIPELINES = {
    "pipelines.normalise.NormalisePipeline": 100,
    "pipelines.deduplicate.DeduplicatePipeline": 200,
    "pipelines.verify.VerifyPipeline": 300,
    "pipelines.appraise.AppraisePipeline": 400,
    "pipelines.store.StorePipeline": 500,
}

# --- Failures --------------------------------------------------------------------------------------------------------

RETRY_ENABLED = False  # Scrapy asks again at once, 429 and 503 included; crawling does its own back-off
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 0  # drops a long address without a word; crawling refuses it and says so
METAREFRESH_ENABLED = False  # it follows a page's word to any host
DOWNLOAD_TIMEOUT = 30.0  # one try, headers and body
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # of the decompressed body; 241 bytes of brotli can be 300 MB
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024
DNS_TIMEOUT = 10
TWISTED_DNS_RESOLVER = "kataban.manners.resolver.GuardedResolver"  # every address of a name is checked; IPv4 only

HTTPPROXY_ENABLED = False  # a proxy would look names up unchecked; nothing here goes through one
DOWNLOAD_VERIFY_CERTIFICATES = True  # off by default; requests carry the user's keys
# What is not used cannot be abused by a redirect or a result's address.
DOWNLOAD_HANDLERS: dict[str, str | None] = {"data": None, "file": None, "ftp": None, "s3": None}

# --- Browser (only for spiders whose access is `browser`; see kataban.manners.browser) -------------------------------

# The browser itself is found at run time: KATABAN_BROWSER, else what the machine has (kataban.manners.browser_path).
PLAYWRIGHT_BROWSER_TYPE = "chromium"
PLAYWRIGHT_LAUNCH_ARGS = [
    "--blink-settings=imagesEnabled=false",  # twice the pages a second
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
]
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 2  # PLAYWRIGHT_MAX_CONTEXTS stays unset: below the number of names it deadlocks
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = 30_000  # milliseconds
BROWSER_CONTEXT = {
    "viewport": {"width": 1280, "height": 4000},  # a virtualised list draws only what is near the viewport
    "locale": "ja-JP",
    "timezone_id": "Asia/Tokyo",
    "service_workers": "block",  # their requests pass no check
    "accept_downloads": False,
}
BROWSER_WAIT_SECONDS = 15.0  # for the sign of results, or for the page's own JSON
BROWSER_GRACE_SECONDS = 3.0  # for the one of the two that is still missing
BROWSER_DEADLINE_SECONDS = 60.0  # for one page as a whole, since a page that loops has no time limit of its own
# `proxy`: a checking proxy of our own resolves and connects for the browser. `mapped`: the launch arguments send every
# name to a loopback server (sample market, tests), so names are not resolved here.
BROWSER_EGRESS = "proxy"

# --- Logs and feeds --------------------------------------------------------------------------------------------------

LOG_LEVEL = "INFO"  # DEBUG prints every item
FEED_EXPORT_ENCODING = "utf-8"
