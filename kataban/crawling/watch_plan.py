"""How long a full round over the watched SKUs takes at the pace of each host, and how many SKUs would fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from scrapy.settings import BaseSettings

from kataban.crawling.plan import SourcePlan, source_plans
from kataban.crawling.watching import PAGES
from kataban.offers import Rules
from kataban.results.database import Database

WORDS = {
    "en": {
        "source": "{name}: {skus} SKUs x {usual:.1f} requests x {delay:.1f} s = {takes}",
        "off": "{name}: {outcome}: {reason}",
        "none": "no source can be asked",
        "round": "every SKU searched everywhere: {takes}, the slowest is {name} (all sources at once)",
        "usual": "as it is done (suppliers' pages, a search every {days} days): about {takes} a round",
        "fits": "KATABAN_WATCH_HOURS={hours:g}: {most} SKUs fit, {full} if each were searched everywhere each round",
        "over": "{skus} SKUs are more than fit: raise KATABAN_WATCH_HOURS to {needed}",
    },
    "ja": {
        "source": "{name}: {skus} SKU x {usual:.1f} 回 x {delay:.1f} 秒 = {takes}",
        "off": "{name}: {outcome}: {reason}",
        "none": "確認できる仕入れ先がありません",
        "round": "全SKUを全仕入れ先で検索: {takes}、最も遅いのは {name}(全仕入れ先を同時に)",
        "usual": "実際の巡回(仕入れ先のページ、検索は{days}日ごと): 1巡 約{takes}",
        "fits": "KATABAN_WATCH_HOURS={hours:g}: {most} SKUまで(毎巡すべて検索するなら {full} SKU)",
        "over": "{skus} SKUは収まりません: KATABAN_WATCH_HOURS を {needed} にしてください",
    },
}
# Requests for a known supplier's page: the page, and sometimes its seller's.
PAGE_REQUESTS = 1.5


def watch_plan_lines(database: Database, settings: BaseSettings, names: Iterable[str], *, skus: int,
                     rules: Rules, language: str) -> Iterator[str]:
    """One line per source, then the round as a whole: N SKUs x requests x pace, the slowest source, what fits.

    Requests per search are those measured so far, else the usual ones; pages are thought to be shared out evenly.
    """
    words, asked = WORDS[language], list[SourcePlan]()
    for plan in source_plans(database, settings, names, watching=True):
        if plan.why is not None:
            yield words["off"].format(name=plan.name, outcome=plan.why.outcome.value, reason=plan.why.reason)
            continue
        asked.append(plan)
        yield words["source"].format(name=plan.name, skus=skus, usual=plan.usual, delay=plan.delay,
                                     takes=_time(skus * plan.per_search))
    if not asked:
        yield words["none"]
        return
    slowest = max(asked, key=lambda plan: plan.per_search)
    yield words["round"].format(takes=_time(skus * slowest.per_search), name=slowest.name)
    seconds = max(_seconds_of_sku(plan, rules, len(asked)) for plan in asked)
    yield words["usual"].format(days=rules.search.days, takes=_time(skus * seconds))
    hours = rules.round.total_seconds() / 3600
    yield words["fits"].format(hours=hours, most=_most(rules, seconds), full=_most(rules, slowest.per_search))
    if skus * seconds > rules.round.total_seconds():
        yield words["over"].format(skus=skus, needed=int(-(-skus * seconds // 3600)))


def _seconds_of_sku(plan: SourcePlan, rules: Rules, sources: int) -> float:
    """Seconds a SKU takes at this source in a usual round: its share of pages, and of the search every some days."""
    search = plan.per_search * min(1.0, rules.round / rules.search) if rules.search else plan.per_search
    return PAGES / sources * PAGE_REQUESTS * plan.delay + search


def _most(rules: Rules, seconds: float) -> int | str:
    return int(rules.round.total_seconds() / seconds) if seconds else "∞"


def _time(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
