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
    Kind.SUPPLY_GONE: ("【仕入先なし】{what}: 買える所がなくなりました（確認率 {coverage}）",
                       "[no supplier] {what}: nobody supplies it any more ({coverage} of the sources looked)"),
    Kind.DISCONTINUED: ("【生産終了】{what}: 残る仕入先 {suppliers}{successor}",
                        "[discontinued] {what}: suppliers left {suppliers}{successor}"),
    Kind.SUPPLY_BACK: ("【仕入先復活】{what}: {best} から",
                       "[supplied again] {what}: from {best}"),
    Kind.SOURCE_SICK: ("【取得先の異常】{name}: {reason}",
                       "[source] {name} cannot be looked at: {reason}"),
    Kind.SOURCE_WELL: ("【復旧】{name}",
                       "[source] {name} answers again"),
}
SUCCESSOR = ("、後継 {}", ", successor {}")
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
    if "supply" in state:
        return _of_sku(transition, at)
    return LINES[transition.kind][at].format(
        what=_what(transition), best=_yen(state["best"], at), old=_yen(transition.before.get("best"), at),
        source=state["source"], url=state["url"])


def _of_sku(transition: Transition, at: int) -> str:
    state = transition.state
    coverage = "?" if state["coverage"] is None else f"{state['coverage']:.0%}"
    return LINES[transition.kind][at].format(
        what=f"{state['sku']} {state['model']}".rstrip(), coverage=coverage, suppliers=state["suppliers"],
        successor=SUCCESSOR[at].format(state["successor"]) if state["successor"] else "", best=_yen(state["best"], at))


def _what(transition: Transition) -> str:
    state = transition.state
    due = f" ({datetime.fromisoformat(state['ship_by']).astimezone(JST):%m/%d %H:%M})" if state["ship_by"] else ""
    return f"{state['order']} {state['model']}{due}"


def _yen(amount: int | None, at: int) -> str:
    return UNKNOWN[at] if amount is None else f"¥{amount:,}"
