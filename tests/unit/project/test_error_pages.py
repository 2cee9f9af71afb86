"""Error classes: each has a name of its own and is drawn on the page of its package."""

import ast
import builtins
import re
from pathlib import Path
from typing import get_args

import pytest

from bot.jobs.lifecycle.events import Event

ROOT = Path(__file__).parents[3]
PAGES = sorted([*(ROOT / "bot").rglob("errors.py"), ROOT / "db" / "errors.py"])


def classes() -> dict[str, list[str]]:
    """Return the names of the bases of every class of the program, by its name."""
    return {
        node.name: [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        for package in ("bot", "cogs", "db")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }


CLASSES = classes()


def is_error(name: str) -> bool:
    """Whether the class of this name is an exception."""
    builtin = getattr(builtins, name, None)
    if isinstance(builtin, type):
        return issubclass(builtin, BaseException)
    return any(is_error(base) for base in CLASSES.get(name, ()))


def below(root: str) -> set[tuple[str, str]]:
    """Return each class below *root*, with the base that leads there."""
    direct = {(name, root) for name, bases in CLASSES.items() if root in bases}
    return direct.union(*(below(name) for name, _ in direct))


def drawn_on(page: Path) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the roots that the tree on *page* has, and each other class with its base."""
    text = ast.get_docstring(ast.parse(page.read_text(encoding="utf-8"))) or ""
    path: list[str] = []
    edges = set()
    roots = set()
    for branch, name in re.findall(
        r"^((?:[│ ]   )*[├└]── |)([A-Z]\w+)(?:$|  )", text, re.MULTILINE
    ):
        depth = len(branch) // len("├── ")
        path[depth:] = [name]
        if depth:
            edges.add((name, path[depth - 1]))
        else:
            roots.add(name)
    return roots, edges


def test_no_error_has_the_name_of_an_event() -> None:
    """A name is either something that happened to a job or something that went wrong in the code."""
    errors = {name for name in CLASSES if is_error(name)}
    assert not errors & {event.__name__ for event in get_args(Event)}
    assert len(errors) > len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT).parent))
def test_the_page_of_errors_draws_its_tree(page: Path) -> None:
    """Every class below the roots of a page of errors is drawn there, below its base."""
    roots, edges = drawn_on(page)
    assert roots
    assert all(is_error(root) for root in roots)
    assert edges == set().union(*(below(root) for root in roots))
