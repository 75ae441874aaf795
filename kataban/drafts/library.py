"""Drafts of messages to buyers, from template files: text for a person to read, change and send. Nothing here sends.

A template is a file NAME.LANGUAGE.txt.j2. Those of the user's own folder come before the shipped ones of the same name.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from kataban.drafts.environment import environment, names_in, one_line
from kataban.drafts.forbidden import forbidden
from kataban.drafts.shapes import Draft, DraftError, Facts, Pair

SHIPPED = Path(__file__).parent / "texts"
_ENDING = ".txt.j2"


class _Template(msgspec.Struct, forbid_unknown_fields=True):
    title: Pair | None = None
    off: bool = False
    before: list[Pair] = []
    warnings: list[Pair] = []


class _Knowledge(msgspec.Struct, forbid_unknown_fields=True):
    most_characters: int
    too_long: Pair
    may_be_forbidden: Pair
    templates: dict[str, _Template]
    languages: dict[str, str]


_KNOWN = msgspec.toml.decode((Path(__file__).parent / "drafts.toml").read_bytes(), type=_Knowledge)


def language_of(currency: str | None) -> str | None:
    """The buyer's language (ISO 639-1), guessed by the money paid in (ISO 4217); None where that names no language."""
    return _KNOWN.languages.get(currency or "")


class Library:
    """The templates: the shipped ones and those of the user's `folder`. One that is off must be `switched_on` by name.

    Raises DraftError for a folder that is none and for a name that no template has.
    """

    def __init__(self, folder: Path | None = None, switched_on: Collection[str] = ()) -> None:
        if folder is not None and not folder.is_dir():
            raise DraftError(f"KATABAN_TEMPLATES is no folder: {folder}")
        self._folders = [SHIPPED] if folder is None else [folder, SHIPPED]
        self._switched_on = frozenset(switched_on)
        self._templates = environment(self._folders)
        if unknown := self._switched_on - set(self._all()):
            raise DraftError(f"KATABAN_DRAFTS names no template: {', '.join(sorted(unknown))}")

    def names(self) -> list[str]:
        """The templates that may be used, by name."""
        return [name for name in self._all() if name in self._switched_on or not _known(name).off]

    def draft(self, name: str, facts: Facts, language: str | None) -> Draft:
        """The draft of the template `name` for a buyer of this language (None: unknown). Raises DraftError.

        Where the template has no text in the buyer's language it is English, and the draft says so.
        """
        self._refuse(name)
        known = self._languages(name)
        chosen = next(word for word in (language, "en", "ja", known[0]) if word in known)
        other = "en" if chosen == "ja" else "ja"
        text = self._render(name, chosen, facts)
        translation = self._render(name, other, facts) if other in known else None
        return Draft(name, _known(name).title or (name, name), chosen, text,
                     None if language is None else chosen == language, other if translation else None, translation,
                     tuple(_known(name).before), (*_known(name).warnings, *_doubts((text, translation or ""), facts)))

    def takes_coupon(self, name: str) -> bool:
        """Has the template a place for a coupon? Raises DraftError."""
        self._refuse(name)
        return any("coupon" in names_in(self._templates, _file(name, language)) for language in self._languages(name))

    def _files(self) -> list[tuple[str, str]]:
        stems = {path.name.removesuffix(_ENDING) for folder in self._folders for path in folder.glob(f"*.*{_ENDING}")}
        return sorted((name, language) for name, _, language in (stem.rpartition(".") for stem in stems))

    def _all(self) -> list[str]:
        return sorted({name for name, _ in self._files()})

    def _languages(self, name: str) -> list[str]:
        return [language for known, language in self._files() if known == name]

    def _refuse(self, name: str) -> None:
        if name not in self._all():
            raise DraftError(f"no draft is called {name}: there are {', '.join(self.names())}")
        if name not in self.names():
            why = " ".join(english for _, english in _known(name).warnings)
            raise DraftError(f"the draft {name} is off. {why} KATABAN_DRAFTS={name} switches it on all the same.")

    def _render(self, name: str, language: str, facts: Facts) -> str:
        with one_line(_file(name, language)):
            text = self._templates.get_template(_file(name, language)).render(facts.values)
        return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _known(name: str) -> _Template:
    return _KNOWN.templates.get(name, _Template())


def _file(name: str, language: str) -> str:
    return f"{name}.{language}{_ENDING}"


def _doubts(texts: tuple[str, str], facts: Facts) -> list[Pair]:
    """What the rules find in the text or its translation; an order's own values are not looked at."""
    own = [*facts.words, *([facts.coupon] if facts.coupon else [])]
    found = {name: says for text in texts for name, says in forbidden(text, own).items()}
    ja, en = _KNOWN.may_be_forbidden
    said = [(ja.format(says[0]), en.format(says[1])) for says in found.values()]
    ja, en = _KNOWN.too_long
    length = len(texts[0])
    return [*said, *([(ja.format(length), en.format(length))] if length > _KNOWN.most_characters else [])]
