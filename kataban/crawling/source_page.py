"""docs/sources.md out of the sources themselves: `python -m kataban.crawling.source_page > docs/sources.md`."""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from scrapy.utils.project import get_project_settings

from kataban.crawling.sources import all_sources
from spiders.base import SourceSpider
from spiders.landmarks import SURE, Landmarks

HEAD = """# Sources

Every place that Kataban looks at, in the sources' own words. This page is written by
`python -m kataban.crawling.source_page > docs/sources.md`; a test fails when it is not current. Which sources are on
for you, and why others are not, says `python -m scrapy sources`. None of this was ever checked against a live site:
`python -m scrapy probe` does that.

*Landmarks* are the selectors, keys and words by which a source reads its site (`spiders/<source>.toml`): *captured*
ones stood in a real answer, *reported* ones in other people's words, *guessed* ones are ours.
"""


def page(spiders: Iterable[type[SourceSpider]]) -> str:
    """The whole page: a table, then a section for each source."""
    found = list(spiders)
    rows = "\n".join(map(_row, found))
    return (f"{HEAD}\n| source | what | asked by | by itself | needs |\n|---|---|---|---|---|\n{rows}\n\n"
            + "\n".join(map(_section, found)))


def _row(spider: type[SourceSpider]) -> str:
    state = "off" if spider.off_by_default else "on"
    return f"| [{spider.name}](#{spider.name}) | {spider.label} | {spider.access} | {state} | {_needs(spider) or '-'} |"


def _needs(spider: type[SourceSpider]) -> str:
    return " and ".join(f"`{need}`" if isinstance(need, str) else " or ".join(f"`{name}`" for name in need)
                        for need in spider.needs)


def _section(spider: type[SourceSpider]) -> str:
    serves = ", ".join(f"`{name}`" for name in spider.sources() if name != spider.name)
    facts = [f"- Canary: `{spider.canary}` (yours: `KATABAN_CANARY_{spider.name.upper()}`)",
             f"- Terms shown: {spider.terms}"]
    if serves:
        facts.append(f"- Its answers also serve {serves}")
    if marks := _landmarks(spider):
        facts.append(f"- Landmarks: {marks}")
    return f"## {spider.name}\n\n{_said(spider)}\n\n" + "\n".join(facts) + "\n"


def _said(spider: type[SourceSpider]) -> str:
    """The docstring, its parts as a list."""
    text = inspect.getdoc(spider) or ""
    first, _, rest = text.partition("\n\n")
    parts = re.split(r"\n(?=[A-Z][A-Za-z ]{2,20}: )", rest)
    lines = [" ".join(part.split()) for part in parts if part.strip()]
    return "\n".join([" ".join(first.split()), "", *(f"- {line}" for line in lines)])


def _landmarks(spider: type[SourceSpider]) -> str:
    if not (Path(inspect.getfile(spider)).with_name(f"{spider.name}.toml")).exists():
        return ""
    counted = Counter(mark.sure for mark in Landmarks(spider.name).values())
    return ", ".join(f"{counted[sure]} {sure}" for sure in SURE if counted[sure])


def main() -> None:
    """Write the page to stdout."""
    sys.stdout.write(page(all_sources(get_project_settings()).values()))


if __name__ == "__main__":
    main()
