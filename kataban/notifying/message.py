"""The digest: all transitions as one message, in the user's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kataban.notifying.transitions import Kind, Transition

JST = ZoneInfo("Asia/Tokyo")
MOST_LINES = 30
TITLE = {"ja": "Kataban: お知らせ {} 件", "en": "Kataban: {} news"}
MORE = {"ja": "ほか {} 件", "en": "and {} more"}
LINES = {
    Kind.LAST_GONE: ("【候補消滅】{what}: 買える候補がなくなりました",
                     "[gone] {what}: the last alternative is gone"),
    Kind.LAST_STALE: ("【要再確認】{what}: 候補の情報が古くなりました",
                      "[stale] {what}: the alternatives were not seen lately"),
    Kind.NOTHING: ("【なし】{what}: 全取得先を確認、買えるものはありません",
                   "[nothing] {what}: every source looked, nothing to buy"),
    Kind.FIRST: ("【発見】{what}: {best} {source} {url}",
                 "[found] {what}: {best} {source} {url}"),
    Kind.BETTER: ("【より安い】{what}: {old} → {best} {source} {url}",
                  "[better] {what}: {old} -> {best} {source} {url}"),
    Kind.SOURCE_SICK: ("【取得先の異常】{name}: {reason}",
                       "[source] {name} cannot be looked at: {reason}"),
    Kind.SOURCE_WELL: ("【復旧】{name}",
                       "[source] {name} answers again"),
}
UNKNOWN = ("合計不明", "total unknown")
LANGUAGES = ("ja", "en")


def digest(transitions: Sequence[Transition], language: str) -> tuple[str, str]:
    """Title and body of the one message."""
    lines = [line(transition, language) for transition in transitions[:MOST_LINES]]
    if len(transitions) > MOST_LINES:
        lines.append(MORE[language].format(len(transitions) - MOST_LINES))
    return TITLE[language].format(len(transitions)), "\n".join(lines)


def line(transition: Transition, language: str) -> str:
    """One transition in one line."""
    at = LANGUAGES.index(language)
    state = transition.state
    if "sick" in state:
        name = transition.subject.partition(":")[2]
        return LINES[transition.kind][at].format(name=name, reason=state["reason"] or "?")
    return LINES[transition.kind][at].format(
        what=_what(transition), best=_yen(state["best"], at), old=_yen(transition.before.get("best"), at),
        source=state["source"], url=state["url"])


def _what(transition: Transition) -> str:
    state = transition.state
    due = f" ({datetime.fromisoformat(state['ship_by']).astimezone(JST):%m/%d %H:%M})" if state["ship_by"] else ""
    return f"{state['order']} {state['model']}{due}"


def _yen(amount: int | None, at: int) -> str:
    return UNKNOWN[at] if amount is None else f"¥{amount:,}"
