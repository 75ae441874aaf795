"""A market of the bundled catalogue, and one that a test builds for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue, load
from kataban.sample_market.market import Market
from kataban.sample_market.server import Server


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The bundled catalogue; a test that changes it loads its own."""
    return load()


@pytest.fixture(scope="session")
def get(catalogue: Catalogue) -> Callable[..., Answer]:
    """Ask the market as a client would: get(host, path, query, headers)."""
    market = Market(catalogue)

    def ask(host: str, path: str, query: dict[str, str] | None = None, **headers: str) -> Answer:
        return market.answer(Ask(host, path, query=query or {}, headers=headers))

    return ask


@pytest.fixture(scope="module")
def server(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running market with a log of its own."""
    log_file: Path = tmp_path_factory.mktemp("market") / "market-requests.jsonl"
    with Server(catalogue, log_file) as running:
        yield running
