"""Find the string literals in a module that users would read on Discord.

A literal reads as text if it has several words or begins with a capitalised one; where Discord takes
a text, any literal with a letter does. Docstrings, annotations, patterns, and what is logged or
raised are for operators and programmers.
"""

import ast
import re
from collections.abc import Iterator

_WORDS = re.compile(r"[^\W\d_]\S*\s|\s\S*[^\W\d_]|^\W*[A-Z][a-z]")
_LETTER = re.compile(r"[^\W\d_]")
# Parameters of discord.py that hold what users read.
_TEXT_PARAMETERS = frozenset({"content", "description", "label", "placeholder", "text", "title"})
_NOT_SHOWN = frozenset(
    {"compile", "debug", "error", "exception", "info", "warning", "__init__", "TypeVar"}
)


def shown_literals(tree: ast.AST) -> set[tuple[int, str]]:
    """Return line and value of each literal below *tree* that users would read."""
    return set(_literals(tree, _WORDS))


def _literals(node: ast.AST, rule: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and rule.search(node.value):
        yield node.lineno, node.value
    for child in _shown(node):
        is_text = isinstance(child, ast.keyword) and child.arg in _TEXT_PARAMETERS
        # A key in brackets or an argument inside is no text, although the whole of it may be.
        is_apart = isinstance(child, ast.Call | ast.Subscript)
        yield from _literals(child, _LETTER if is_text else _WORDS if is_apart else rule)


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of *node* in which users might read something."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.arg():
            return
        case ast.FunctionDef(name="__repr__"):
            return
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _NOT_SHOWN:
            return
        case ast.AnnAssign():
            yield from [node.value] if node.value else []
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (*node.decorator_list, node.args, *node.body)
        case _:
            yield from ast.iter_child_nodes(node)
