"""The page's words in both languages, from words.toml; both are always in the page, and a switch shows one."""

from __future__ import annotations

from pathlib import Path

import msgspec
from markupsafe import Markup

from kataban.web.reasons import reason_pair

WORDS = msgspec.toml.decode((Path(__file__).parent / "words.toml").read_bytes(),
                            type=dict[str, dict[str, tuple[str, str]]])
LANGUAGES = ("ja", "en")
_BOTH = Markup('<span class="ja" lang="ja">{}</span><span class="en" lang="en">{}</span>')


def pair(key: str) -> tuple[str, str]:
    """The Japanese and English word of `group.name`; an unknown name stands for itself (a source without a word)."""
    group, _, name = key.partition(".")
    return WORDS[group].get(name, (name, name))


def both(ja: object, en: object) -> Markup:
    """Both languages as markup, escaped; once only where they are the same."""
    return Markup("{}").format(ja) if ja == en else _BOTH.format(ja, en)


def t(key: str, *values: object) -> Markup:
    """The word `group.name` in both languages with its values, escaped."""
    ja, en = pair(key)
    return both(Markup("{}").format(ja).format(*values), Markup("{}").format(en).format(*values))


def reason(code: str | None, english: str | None) -> Markup:
    """Why a source was not read to its end, as stored in English, in both languages, escaped."""
    return both(*reason_pair(code, english))


def word(key: str, language: str) -> str:
    """The word `group.name` in one language, for titles and labels that no switch reaches."""
    return pair(key)[LANGUAGES.index(language)]
