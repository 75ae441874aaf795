"""Words that the flea markets share: conditions and days until dispatch as their pages write them, and dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

CONDITIONS = {
    "new": "新品、未使用", "unused": "新品、未使用", "like_new": "未使用に近い", "good": "目立った傷や汚れなし",
    "fair": "やや傷や汚れあり", "poor": "傷や汚れあり", "junk": "全体的に状態が悪い",
}
CONDITION_IDS = {name: index for index, name in enumerate(dict.fromkeys(CONDITIONS.values()), 1)}
CONDITION_NOTES = {"like_new": "数回使用し、あまり使用感がない", "good": "細かな使用感・傷・汚れはあるが、目立たない"}


def noon(days_ago: int) -> datetime:
    """Noon (UTC) so many days ago, negative for days to come: listings must not age with the catalogue."""
    return datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)


def days_label(days: tuple[int, int]) -> str:
    """`1~2日で発送`, the form of the three steps that the sites offer."""
    return f"{days[0]}~{days[1]}日で発送"
