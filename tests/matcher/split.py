"""The split of the labelled cases by family, fixed before the first rule was written; no family is in both halves.

The blind cases of 2026-11 are split by the same hash. Rules are worked out on the `work`
half only. The `held` half of the captured cases is measured in every run and was not read case by case; that of the
blind cases was, once they had been measured (docs/matching.md).
"""

from __future__ import annotations

import hashlib


def half(family: str) -> str:
    """`work` or `held`, by the first byte of the family's SHA-256."""
    return "work" if hashlib.sha256(family.encode()).digest()[0] % 2 == 0 else "held"
