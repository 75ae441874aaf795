"""Only a JAN is known: nothing but an equal JAN proves the goods, and still not a box or a set."""

from __future__ import annotations

import pytest

from matcher import compile_query, judge

JAN, OTHER = "4549980205013", "4548736132412"


@pytest.mark.parametrize(
    ("title", "fields", "verdict"),
    [
        ("パナソニック ES-LV9W-S シェーバー", {"gtin": JAN}, "exact"),
        ("パナソニック シェーバー 新品", {"description": f"JAN：{JAN}"}, "exact"),
        ("パナソニック ES-LV9W-S シェーバー", {}, "unclear"),
        ("ソニー WH-1000XM5 B", {"gtin": OTHER}, "different"),
        ("パナソニック ES-LV9W-S シェーバー", {"gtin": OTHER}, "different"),
        ("パナソニック ES-LRX70-W シェーバー", {"gtin": JAN}, "exact"),
        ("パナソニック ES-LV9W-S 空箱のみ", {"gtin": JAN}, "part_or_box"),
        ("パナソニック ES-LV9W-S 2個セット", {"gtin": JAN}, "set"),
        ("パナソニック シェーバー 箱のみ", {"gtin": JAN}, "unclear"),
        ("シェーバー 3台", {"gtin": JAN}, "set"),
    ],
)
def test_judged_by_its_jan(title: str, fields: dict[str, str], verdict: str) -> None:
    assert judge(compile_query(JAN, maker=None, jan=JAN), title=title, **fields).verdict == verdict  # type: ignore[arg-type]
