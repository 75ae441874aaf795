"""`genspider`: a new source from a template (api, html, browser). Replaces Scrapy's own: it writes landmarks, too."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from scrapy.commands.genspider import Command as ScrapyGenspider
from scrapy.exceptions import UsageError

FIXTURES = Path(__file__).parents[2] / "tests" / "sources"


class Command(ScrapyGenspider):
    """Scrapy's command with our templates, and `<site>.toml` and the folder of cases beside the module."""

    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options; most shops draw their pages on the server."""
        super().add_options(parser)
        parser.set_defaults(template="html")

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Begin a new source: module, landmarks and folder of cases (-t api, html or browser)"

    def _generate_template_variables(self, module: str, name: str, url: str, template_name: str) -> dict[str, Any]:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise UsageError("a source is named in small letters, digits and _: its name is module, folder and row")
        values = super()._generate_template_variables(module, name, url, template_name)
        return {**values, "url": f"{url.rstrip('/')}/", "domain_pattern": re.escape(values["domain"]),
                "KEY": f"{name.upper()}_API_KEY"}

    def _genspider(self, module: str, name: str, url: str, template_name: str, template_file: Any) -> Path:
        written: Path = super()._genspider(module, name, url, template_name, template_file)
        marks = Path(template_file).with_suffix(".landmarks")
        if marks.exists():
            values = self._generate_template_variables(module, name, url, template_name)
            text = Template(marks.read_text(encoding="utf-8")).substitute(values)
            written.with_suffix(".toml").write_text(text, encoding="utf-8")
        (FIXTURES / name).mkdir(parents=True, exist_ok=True)
        return written
