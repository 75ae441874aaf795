"""The answers of a Search that is still open, on disk, so that a killed run never asks the same page again.

They live under <state>/answers/<search>/ and are removed when the Search closes: nothing of a page is kept longer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.request import fingerprint

from kataban.manners.redaction import without_keys

# An answer older than this is no longer a look at now.
KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answers:
    """The saved answers of one Search. `folder` is its own; nothing is written before the first answer."""

    folder: Path

    def save(self, request: Request, response: Response, seen_at: datetime) -> None:
        """Save an answer whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        headers = {name.decode("latin-1"): [value.decode("latin-1") for value in values]
                   for name, values in response.headers.items() if name != b"Set-Cookie"}
        body = without_keys(response.body.decode("latin-1")).encode("latin-1")  # a key may be echoed
        record = {"seen_at": seen_at.isoformat(), "url": response.url, "status": response.status, "headers": headers,
                  "page_json": response.meta.get("page_json", [])}
        text = without_keys(json.dumps(record))
        path = self._path(request)
        part = path.with_suffix(".part")
        part.write_text(f"{text}\n{base64.b64encode(body).decode()}", encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 - the atomic replace is the point

    def load(self, request: Request, now: datetime) -> tuple[Response, datetime] | None:
        """The saved answer to this request and when it was seen, or None."""
        try:
            text, _, body = self._path(request).read_text(encoding="utf-8").partition("\n")
            record = json.loads(text) | {"body": base64.b64decode(body)}
        except (OSError, ValueError):
            return None
        seen_at = datetime.fromisoformat(record["seen_at"]).astimezone(UTC)
        if now - seen_at > KEPT_FOR:
            return None
        return _response(record, request), seen_at

    def drop(self) -> None:
        """Remove them all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, request: Request) -> Path:
        # The fingerprint alone would hide that a page was asked rendered; keys in the address never become a file name.
        text = fingerprint(request).hex() + ("r" if request.meta.get("playwright") else "")
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:40]}.json"


def _response(record: dict[str, Any], request: Request) -> Response:
    headers = Headers(record["headers"])
    body = record["body"]
    kind = responsetypes.from_args(headers=headers, url=record["url"], body=body)
    asked = request.replace(meta={**request.meta, "page_json": record["page_json"]})
    return kind(record["url"], status=record["status"], headers=headers, body=body, request=asked)


def kept(state: Path) -> list[int]:
    """The Searches that have saved answers."""
    folder = state / "answers"
    return [int(path.name) for path in folder.iterdir() if path.name.isdecimal()] if folder.is_dir() else []


def answers_of(state: Path, search_id: int, resumes: int | None) -> Answers:
    """The Answers of a Search; those of the interrupted Search it resumes are taken over."""
    folder = state / "answers" / str(search_id)
    if resumes is not None:
        old = state / "answers" / str(resumes)
        if old.is_dir() and not folder.exists():
            old.rename(folder)
    return Answers(folder)
