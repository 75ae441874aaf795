"""`takedown`: write the files that take SKUs without a supplier off sale, and give back those that have one again."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kataban.crawling.watch_settings import grounds_of
from kataban.exporting import replace_file
from kataban.outgoing import SkuQuantity, quantity_feeds, quantity_file, refused
from kataban.results.database import Connection, Database
from kataban.results.locks import source_lock
from kataban.results.takedowns import Move, Step, keep, steps
from kataban.results.watching import Grounds, concluded, currency_of_orders, open_watches, renew, sync
from kataban.verbs import InputError, KatabanCommand

NAMES = {Move.DOWN: "quantity-0", Move.RESTORE: "restore"}
ENCODINGS = ("utf-8", "cp932")
LOCKED = 5
WORDS = {
    "en": {
        "down": "quantity 0: {sku} (had {before}): {why}: {text}",
        "restore": "quantity {quantity}: {sku}: {why}: {text}",
        "closed": "on sale again by the newest report, nothing written: {sku}",
        "left_out": "left out: {sku}: {why}: {text}",
        "told": "{sku}: a file gave its quantity back, the newest listings report still shows 0: was it uploaded?",
        "nothing": "nothing to write",
        "wrote": "written: {path} ({rows} SKUs)", "would": "would be written: {path} ({rows} SKUs)",
        "no_feed": "no JSON feed: set KATABAN_SELLER_ID, which it must name",
        "upload": "Nothing was uploaded. Upload one of them, then read Amazon's result report: a finished upload is "
                  "not a success. Then read in a new listings report.",
        "gone": "nobody sells it", "discontinued": "discontinued", "margin_floor": "margin under your floor",
        "still_on_sale": "written before, and the newest report still shows it on sale", "supplied": "supplied",
        "thin": "thin supply", "quantity_unknown": "its quantity is not known, so it could not be given back",
    },
    "ja": {
        "down": "在庫数0: {sku}(これまで{before}): {why}: {text}", "restore": "在庫数{quantity}: {sku}: {why}: {text}",
        "closed": "最新のレポートで販売中のため書き出しません: {sku}",
        "left_out": "対象外: {sku}: {why}: {text}",
        "told": "{sku}: 在庫数を戻すファイルを書きましたが、最新の出品レポートでは0のままです。アップロードしましたか",
        "nothing": "書き出すものはありません",
        "wrote": "書き出し: {path}({rows} SKU)", "would": "書き出す予定: {path}({rows} SKU)",
        "no_feed": "JSONフィードは書いていません: KATABAN_SELLER_ID を設定してください",
        "upload": "アップロードはしていません。どちらか一方をアップロードし、Amazonの処理レポートを必ず確認してください"
                  "(処理の完了は成功ではありません)。その後、新しい出品レポートを読み込んでください。",
        "gone": "仕入れ先なし", "discontinued": "生産・販売終了", "margin_floor": "利益が下限未満",
        "still_on_sale": "前に書き出したが、最新のレポートではまだ販売中", "supplied": "仕入れできる",
        "thin": "仕入れ先が少ない", "quantity_unknown": "在庫数が不明で、後で戻せないため",
    },
}


class Command(KatabanCommand):
    """For after `watch`. It concludes all SKUs anew from the database before it writes anything."""

    def syntax(self) -> str:
        """The usage line."""
        return "[--out DIR] [--dry-run]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Write the quantity-0 file of SKUs that nobody supplies any more, and the file that gives them back"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--out", metavar="DIR", help="where the files go; default: outgoing/ in the state folder")
        parser.add_argument("--dry-run", action="store_true", help="say what would be written; nothing is kept")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Write what is to be written, and say of each SKU why."""
        if args:
            raise InputError(f"say: takedown {self.syntax()}")
        database, now = self.open_database(), datetime.now(UTC)
        folder = Path(opts.out) if opts.out else self.state / "outgoing"
        encoding = str(self.setting("KATABAN_UPLOAD_ENCODING")).lower()
        if encoding not in ENCODINGS:
            raise InputError(f"KATABAN_UPLOAD_ENCODING: {encoding} is none of {', '.join(ENCODINGS)}")
        if opts.dry_run:
            with database.reading() as connection:
                grounds = self._grounds(connection)
                renewed = [entry for entry, _ in concluded(connection, open_watches(connection), now, grounds)]
                found = _holdable(steps(connection, renewed, grounds.rules, now), encoding)
            self._tell(found, {move: [f"{_stem(move, now)}.txt"] for move in NAMES}, folder=folder, dry=True)
            return 0
        with source_lock(database, self.state / "locks", "takedown") as free:
            if not free:
                return LOCKED
            found, written = self._move(database, folder, encoding, now)
        self._tell(found, written, folder=folder)
        return 0

    def _move(self, database: Database, folder: Path, encoding: str,
              now: datetime) -> tuple[list[Step], dict[Move, list[str]]]:
        """Conclude, write and remember, all or nothing: an error takes back what was kept of the files."""
        with database.writing() as connection:
            grounds = self._grounds(connection)
            sync(connection, now)
            found = _holdable(steps(connection, renew(connection, now, grounds), grounds.rules, now), encoding)
            written = self._write(folder, found, encoding, now)
            keep(connection, found, {move: names[0] for move, names in written.items()}, now)
        return found, written

    def _grounds(self, connection: Connection) -> Grounds:
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        try:
            return grounds_of(self.settings, self.terms, currency_of_orders(connection))
        except ValueError as error:
            raise InputError(str(error)) from error

    def _write(self, folder: Path, found: Sequence[Step], encoding: str, now: datetime) -> dict[Move, list[str]]:
        """Write a file of each form for each move that has SKUs; returns the files' names by move."""
        written: dict[Move, list[str]] = {}
        for move in NAMES:
            rows = [SkuQuantity(step.sku, step.quantity or 0) for step in found if step.move is move]
            for file, content in self._forms(_stem(move, now), rows, encoding) if rows else ():
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    replace_file(folder / file, [content])
                except OSError as error:
                    raise InputError(f"cannot write {folder / file}: {error.strerror}") from error
                written.setdefault(move, []).append(file)
        return written

    def _forms(self, stem: str, rows: Sequence[SkuQuantity], encoding: str) -> Iterator[tuple[str, bytes]]:
        yield f"{stem}.txt", quantity_file(rows, encoding)
        seller = str(self.setting("KATABAN_SELLER_ID"))
        if seller.strip():
            locale = "ja_JP" if self.language == "ja" else "en_US"
            for number, feed in enumerate(quantity_feeds(rows, seller, locale), start=1):
                yield f"{stem}{'' if number == 1 else f'-{number}'}.json", feed

    def _tell(self, found: Sequence[Step], written: Mapping[Move, Sequence[str]], *, folder: Path,
              dry: bool = False) -> None:
        words = WORDS[self.language]
        for step in found:
            print(_line(step, words))  # noqa: T201 - what the command is asked for
        moved = {move: sum(step.move is move for step in found) for move in NAMES}
        if not any(moved.values()):
            print(words["nothing"])  # noqa: T201
            return
        for move, rows in moved.items():
            for file in written.get(move, ()) if rows else ():
                print(words["would" if dry else "wrote"].format(path=folder / file, rows=rows))  # noqa: T201
        if not str(self.setting("KATABAN_SELLER_ID")).strip():
            print(words["no_feed"])  # noqa: T201
        if not dry:
            print(words["upload"])  # noqa: T201


def _stem(move: Move, now: datetime) -> str:
    return f"{NAMES[move]}-{now:%Y%m%dT%H%M%SZ}"


def _holdable(found: Iterable[Step], encoding: str) -> list[Step]:
    """These steps, those left out whose SKU cannot stand in a file: neither form has it then."""
    known = list(found)
    bad = refused([SkuQuantity(step.sku, 0) for step in known if step.move in NAMES], encoding)
    return [replace(step, move=Move.LEFT_OUT, why=bad[step.sku]) if step.sku in bad else step for step in known]


def _line(step: Step, words: Mapping[str, str]) -> str:
    why = ": ".join(words.get(part, part) for part in step.why.split("/"))
    text = step.text_ja if words is WORDS["ja"] else step.text_en
    return words[step.move.value].format(sku=step.sku, before=step.before, quantity=step.quantity, why=why, text=text)
