"""Price history as an inline SVG: no script, no outside reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

from kataban.results.tracks import Track
from kataban.web.shown import JST

# More lines than this cannot be told apart.
MOST_LINES = 8
_STYLE = Style(
    background="transparent", plot_background="transparent", foreground="#333", foreground_strong="#111",
    foreground_subtle="#666", opacity=".9", font_family="sans-serif", label_font_size=15, major_label_font_size=15,
    legend_font_size=14, colors=("#0b6e4f", "#b3261e", "#1d4ed8", "#a16207", "#7e22ce", "#0e7490", "#be185d", "#444"),
)


def plot(tracks: Sequence[Track], label: str) -> Markup | None:
    """The prices of the Listings seen last, over time; None while no Listing's price was seen twice."""
    shown = [track for track in tracks if any(look.price is not None for look in track.sightings)][:MOST_LINES]
    if not any(len(track.sightings) > 1 for track in shown):
        return None
    chart = pygal.XY(
        style=_STYLE, js=[], width=560, height=400, explicit_size=False, show_legend=True, legend_at_bottom=True,
        legend_at_bottom_columns=2, truncate_legend=24, dots_size=3, x_label_rotation=25, include_x_axis=False,
        x_value_formatter=_day, value_formatter=lambda value: f"¥{value:,.0f}", print_values=False,
        xml_declaration=False, disable_xml_declaration=True, max_scale=6)
    chart.x_labels = _axis(shown)
    for track in shown:
        chart.add(f"{track.source} {track.listing_id}", [
            {"value": (look.seen_at.timestamp(), look.price)} for look in track.sightings if look.price is not None])
    chart.add_xml_filter(lambda root: _plain(root, label))
    return Markup(chart.render(is_unicode=True))  # noqa: S704 - built by an XML library, which escapes the texts


def _axis(tracks: Sequence[Track]) -> list[float]:
    """Five moments from the first look to the last, fewer where several would be called the same."""
    moments = [look.seen_at.timestamp() for track in tracks for look in track.sightings]
    first, last = min(moments), max(moments)
    return list({_day(at): at for at in (first + (last - first) * step / 4 for step in range(5))}.values())


def _day(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, JST):%m/%d %H:%M}"


def _plain(root: Any, label: str) -> Any:
    """Without the library's scripts, and with a name for those who cannot see it."""
    for script in list(root.iter("{http://www.w3.org/2000/svg}script", "script")):
        script.getparent().remove(script)
    root.set("role", "img")
    root.set("aria-label", label)
    return root
