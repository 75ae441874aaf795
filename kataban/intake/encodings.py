"""Which encoding a file is in, found from its bytes; what is no text at all is refused here."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from kataban.intake.shapes import IntakeError

_HEAD = 256 * 1024
_CHUNK = 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAGICS = {
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"%PDF": "PDF", b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip",
    b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x7fELF": "ELF",
    b"SQLite format 3": "SQLite",
}
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
# What cp932 makes of ñ, ö and their like before another byte; the end of the private area is its stray single bytes.
_PRIVATE = re.compile("[\ue000-\ue757]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_KANA = re.compile("[\u3041-\u30fe]")
_RUN = re.compile("[\u3005-\u9fff\uff01-\uff5e\u3001-\u30fe]{2}")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name as Python's `open` takes it, and what to do with bytes that do not fit ("strict", "replace")."""

    name: str
    errors: str = "strict"


def find_encoding(path: Path) -> Encoding:
    """The encoding of the text file at `path`: BOM, else strict UTF-8, else Japanese by plausibility, else Western.

    cp932 rather than shift_jis: ①, 髙 and － of Japanese reports need it. Raises IntakeError for what is no text.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise IntakeError("empty" if b"\x00" not in head else "binary", name=path.name, what="NUL")
    _refuse_known_binaries(path, head)
    found = _by_bom(path, head) or _by_nulls(path, head) or _by_bytes(path, head)
    _refuse_controls(path, head, found)
    return found


def _refuse_known_binaries(path: Path, head: bytes) -> None:
    if head.startswith(_OLD_WORKBOOK):
        raise IntakeError("old_workbook", name=path.name)
    for magic, what in _MAGICS.items():
        if head.startswith(magic):
            raise IntakeError("binary", name=path.name, what=what)


def _by_bom(path: Path, head: bytes) -> Encoding | None:
    for bom, name in _BOMS:
        if head.startswith(bom):
            if _fits(path, name):
                return Encoding(name)
            if name == "utf-8-sig" and _is_nearly(head, name):
                return Encoding(name, "replace")
            raise IntakeError("unreadable_encoding", name=path.name)
    return None


def _by_nulls(path: Path, head: bytes) -> Encoding | None:
    """UTF-16 without a BOM: the zero bytes of ASCII letters stand on the even or on the odd places."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd == 0:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    if not _fits(path, name) or not all(map(_is_of_text, head.decode(name, "ignore"))):
        raise IntakeError("binary", name=path.name, what="NUL")
    return Encoding(name)


def _is_of_text(character: str) -> bool:
    """Is it a character at all, and neither a control nor of private use? Two bytes of a binary file often are not."""
    return character in "\t\r\n\f\x1a" or unicodedata.category(character) not in {"Cc", "Cn", "Co"}


def _by_bytes(path: Path, head: bytes) -> Encoding:
    if b"\x1b$" in head and _fits(path, "iso2022_jp_ext"):
        return Encoding("iso2022_jp_ext")
    if _fits(path, "utf-8"):
        return Encoding("utf-8")
    if _is_nearly(head, "utf-8"):
        return Encoding("utf-8", "replace")
    japanese = [name for name in ("cp932", "euc_jp") if _is_japanese(head, name)]
    whole = [name for name in japanese if _fits(path, name)]
    if whole:
        return Encoding(min(whole, key=lambda name: _strangeness(head, name)))
    nearly = [name for name in japanese if _is_nearly(head, name)]
    if nearly:
        return Encoding(min(nearly, key=lambda name: _strangeness(head, name)), "replace")
    return Encoding("cp1252" if _fits(path, "cp1252") else "latin-1")


def _fits(path: Path, name: str) -> bool:
    """Does every byte of the file decode? Read in pieces, so that a large file costs no memory."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_nearly(head: bytes, name: str) -> bool:
    """The encoding with single broken bytes, as some reports have: many whole characters, hardly any that are not."""
    text = head.decode(name, "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    return whole >= 10 * broken


def _is_japanese(head: bytes, name: str) -> bool:
    """Two neighbouring Japanese characters, and none of private use: é before a letter makes a lone kanji in cp932."""
    text = head.decode(name, "ignore")
    return _RUN.search(text) is not None and _PRIVATE.search(text) is None


def _strangeness(head: bytes, name: str) -> float:
    """EUC-JP read as cp932 is full of half-width kana; the other way round it is full of rare kanji without kana."""
    text = head.decode(name, "ignore")
    high = sum(1 for character in text if character > "\x7f") or 1
    return (len(_HALF_KANA.findall(text)) - len(_KANA.findall(text))) / high


def _refuse_controls(path: Path, head: bytes, encoding: Encoding) -> None:
    text = head.decode(encoding.name, "ignore")
    controls = len(_CONTROLS.findall(text))
    if "\x00" in text or controls > 2 + len(text) // 200:
        raise IntakeError("binary", name=path.name, what="control characters")
