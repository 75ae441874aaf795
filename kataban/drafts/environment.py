"""Jinja2 for templates that may be the user's own: a sandbox in which an unknown name is an error, not a blank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import jinja2
import jinja2.meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kataban.drafts.shapes import DraftError


def environment(folders: Sequence[Path]) -> jinja2.Environment:
    """The templates of these folders, the first one's before the others'. Plain text: nothing is escaped."""
    made = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders), undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False)
    made.filters |= {"english_date": _english_date, "japanese_date": _japanese_date}
    return made


def source(templates: jinja2.Environment, file: str) -> str:
    """The text of a template file. Raises DraftError."""
    with one_line(file):
        return templates.loader.get_source(templates, file)[0] if templates.loader else ""


def names_in(templates: jinja2.Environment, file: str) -> set[str]:
    """The names that a template asks for. Raises DraftError."""
    with one_line(file):
        return jinja2.meta.find_undeclared_variables(templates.parse(source(templates, file)))


@contextmanager
def one_line(file: str) -> Iterator[None]:
    """Whatever goes wrong in a template becomes one line that names its file, and the line in it where it is known."""
    try:
        yield
    except DraftError:
        raise
    except jinja2.TemplateSyntaxError as error:
        raise DraftError(f"template {error.filename or file}, line {error.lineno}: {error.message}") from error
    except Exception as error:  # a template may do anything that its expressions allow, division by zero included
        said = " ".join(str(error).split()) or type(error).__name__
        raise DraftError(f"template {file}: {said}") from error


def _english_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _japanese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
