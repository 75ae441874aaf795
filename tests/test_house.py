"""The house keeps its shape: who may import whom, no circles, one word per thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("kataban", "matcher", "pipelines", "settings", "spiders")
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
           for top in OURS for path in (ROOT / top).rglob("*.py") if "versions" not in path.parts}
# What a room may import of ours (itself always); None: everything.
MAY_IMPORT = {
    "kataban.items": (),
    "matcher": ("kataban.items",),
    "kataban.sellers": ("kataban.items",),
    "kataban.offers": ("kataban.items",),
    "kataban.parsers": ("kataban.items",),
    "kataban.outgoing": ("kataban.items",),
    "kataban.drafts": ("kataban.items",),
    "kataban.intake": ("kataban.items", "kataban.parsers", "matcher"),
    "kataban.results": ("kataban.items", "kataban.intake", "kataban.offers", "kataban.outgoing", "kataban.sellers",
                        "matcher"),
    "kataban.sample_market": (),
    "spiders": ("kataban.items", "kataban.parsers"),
    "pipelines": ("kataban.items", "kataban.parsers", "kataban.sellers", "kataban.crawling", "kataban.manners"),
    "kataban.web": ("kataban.items", "kataban.offers", "kataban.outgoing", "kataban.drafts", "kataban.results"),
    "kataban.notifying": ("kataban.items", "kataban.offers", "kataban.results", "kataban.manners", "kataban.web"),
    "kataban.manners": ("kataban.items", "kataban.parsers", "kataban.results"),
}
PLAIN = ("kataban.items", "matcher", "kataban.sellers", "kataban.offers", "kataban.parsers", "kataban.intake",
         "kataban.outgoing", "kataban.drafts")


def imports(path: Path, *, at_import: bool = False) -> Iterator[str]:
    """Every module that a file names in an import; with `at_import` only those that run when it is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _statements(tree) if at_import else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from named if all(name in MODULES for name in named) else [node.module, *named]


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        is_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not is_typing and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from _statements(node)


def room_of(module: str) -> str:
    """The room a module stands in."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "kataban" else parts[0]


def within(module: str, *rooms: str) -> bool:
    """Does the module stand in one of these rooms?"""
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_room_imports_only_what_it_may(module: str) -> None:
    room = room_of(module)
    if room in MAY_IMPORT:
        odd = {name for name in imports(MODULES[module]) if name.split(".")[0] in OURS
               and not within(name, room, *MAY_IMPORT[room]) and name != "kataban"}
        assert not odd, f"{module} may not import {sorted(odd)}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_libraries_stay_in_their_rooms(module: str) -> None:
    tops = {name.split(".")[0] for name in imports(MODULES[module])}
    if not within(module, "kataban.results"):
        assert "sqlalchemy" not in tops, f"{module}: only kataban.results imports SQLAlchemy"
    if within(module, *PLAIN):
        assert not tops & {"scrapy", "twisted", "playwright", "alembic"}, f"{module} is plain Python"


def test_the_product_does_not_know_the_sample_market() -> None:
    knowing = {module for module, path in MODULES.items() if room_of(module) != "kataban.sample_market"
               and any(within(name, "kataban.sample_market") for name in imports(path))}
    assert knowing == {"settings.sample"}


def test_there_is_no_circle_of_imports() -> None:
    graph = {module: {name for name in imports(path, at_import=True) if name in MODULES and name != module}
             for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


# A word that some other project would use for a thing that has its name here (docs/design.md, "Words").
STRAYS = {
    "vendor": "seller", "merchant": "seller", "retailer": "source", "price_type": "price_kind",
    "stock_status": "availability", "in_stock_flag": "availability", "no_results": "nothing",
    "hit_count": "hits_reported", "total_hits": "hits_reported", "wishlist": "wanted", "similar_item": "look_alike",
    "crawl_job": "search", "total_price": "total", "sum_price": "total", "shop_rating": "seller",
}


def words(path: Path) -> Iterator[str]:
    """The names that a file gives to things: of variables, arguments, functions, classes; keys of TOML."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from re.findall(r"^\s*(\w+)\s*=", text, re.MULTILINE)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def named_files() -> list[Path]:
    """Our code and knowledge; not what speaks a site's own words, or the headers of other people's files."""
    found = [*MODULES.values(), *(path for top in OURS for path in (ROOT / top).rglob("*.toml"))]
    foreign = {"sample_market", "intake"}
    return [path for path in found if not foreign & set(path.parts)
            and not (path.suffix == ".toml" and "spiders" in path.parts)]


@pytest.mark.parametrize("path", named_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_one_word_per_thing(path: Path) -> None:
    snake = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower() for word in words(path)}
    found = {(word, meant) for word in snake for stray, meant in STRAYS.items()
             if re.search(rf"(?:^|_){stray}s?(?:$|_)", word)}
    assert not found, f"say {found}"


def test_the_design_explains_every_outcome_and_verdict() -> None:
    from kataban.items import Outcome, Verdict

    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    missing = [word.value for kind in (Outcome, Verdict) for word in kind if f"`{word.value}`" not in text]
    assert not missing
