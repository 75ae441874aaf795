"""The mark that keeps a spreadsheet from taking a cell for a formula, put on for writing and taken off on reading."""

from __future__ import annotations

import re

# Full-width forms count: some programs fold them to ASCII before they look for a formula.
_TRIGGER = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_EXCEL_TEXT = re.compile(r'="([^"]*)"')


def guard(text: str) -> str:
    """`text` with an apostrophe before it when a spreadsheet could take it for a formula; `unguard` undoes it."""
    return f"'{text}" if _TRIGGER.match(text) else text


def unguard(text: str) -> str:
    """The cell as it was before `guard`; ="0123", which keeps Excel from dropping the zero, gives 0123."""
    excel = _EXCEL_TEXT.fullmatch(text)
    if excel:
        return excel[1]
    return text[1:] if text.startswith("'") and _TRIGGER.match(text) else text
