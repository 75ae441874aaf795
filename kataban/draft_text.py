"""A draft on a terminal: what speaks against it first, then the text to send, then its translation."""

from __future__ import annotations

from collections.abc import Iterator

from kataban.drafts import Draft
from kataban.web.kit import language_note
from kataban.web.words import LANGUAGES, word


def draft_lines(draft: Draft, language: str, buyers: str | None) -> Iterator[str]:
    """The draft as lines; `language` is the reader's, `buyers` the buyer's, None where it is not known."""
    mine = LANGUAGES.index(language)
    yield f"{draft.title[mine]} - {word('draft.never_sent', language)}"
    for warning in draft.warnings:
        yield f"!! {word('draft.warning', language)}: {warning[mine]}"
    for step in draft.before:
        yield f"* {word('draft.before', language)}: {step[mine]}"
    if note := language_note(draft, buyers):
        yield f"* {word(note, language).format(word(f'language.{buyers}', language))}"
    yield ""
    length = word("draft.characters", language).format(len(draft.text))
    yield f"--- {word('draft.to_send', language).format(word(f'language.{draft.language}', language))}, {length} ---"
    yield draft.text
    if draft.translation is not None:
        yield ""
        translated = word(f"language.{draft.translation_language}", language)
        yield f"--- {word('draft.translation', language).format(translated)} ---"
        yield draft.translation

