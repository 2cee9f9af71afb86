"""docs/scale.md computes what it says: each figure from those above it, and the bot's own from the bot."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

import pytest

from bot.discord.messages.rate_limit import BOT_CALLS_PER_SECOND
from bot.discord.session_starts import StartLimits
from bot.jobs.worker.task_ticks import COMMON_TICK
from bot.settings import Settings
from tests.unit.project.test_documents import read

PAGE = read("docs/scale.md")
GIVEN = dict(re.findall(r"^\| `(\w+)` \| ([\d.,]+) \| .+ \|$", PAGE, re.M))
COMPUTED = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| ([\d.,]+) \| .+ \|$", PAGE, re.M)

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def number(text: str) -> float:
    """Return the number that the page shows."""
    return float(text.replace(",", ""))


def value_of(formula: str, names: Mapping[str, float]) -> float:
    """Compute a formula of names, numbers, the four operations and `ceil`; raises KeyError."""

    def walk(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return names[name]
            case ast.BinOp(left=left, op=kind, right=right):
                return _OPERATORS[type(kind)](walk(left), walk(right))
            case ast.Call(func=ast.Name(id="ceil"), args=[argument]):
                return math.ceil(walk(argument))
            case other:
                raise AssertionError(f"not understood: {ast.unparse(other)}")

    return walk(ast.parse(formula, mode="eval").body)


def figures() -> dict[str, float]:
    """Return every figure of the page by its name, unrounded."""
    found = {name: number(text) for name, text in GIVEN.items()}
    for name, formula, _ in COMPUTED:
        found[name] = value_of(formula, found)
    return found


@pytest.mark.parametrize(("name", "formula", "shown"), COMPUTED)
def test_each_figure_of_the_plan_is_what_its_formula_gives(
    name: str, formula: str, shown: str
) -> None:
    """To as many decimals as the page shows."""
    decimals = len(shown.partition(".")[2])
    assert f"{value_of(formula, figures()):,.{decimals}f}" == shown, name


def test_every_row_of_the_plan_is_read() -> None:
    """No row escapes the test by its form."""
    rows = re.findall(r"^\| `\w+` \|", PAGE, re.M)
    assert len(rows) == len(GIVEN) + len(COMPUTED)
    assert len(GIVEN) > 20
    assert len(COMPUTED) > 15


def test_each_figure_of_the_plan_is_named_once() -> None:
    """A name is one figure, and each that is given is used."""
    names = [*GIVEN, *(name for name, _, _ in COMPUTED)]
    assert len(names) == len(set(names))
    used = {word for _, formula, _ in COMPUTED for word in re.findall(r"[a-z_]+", formula)}
    assert set(GIVEN) - used == set()


def test_the_names_in_the_text_of_the_plan_are_figures() -> None:
    """What the text refers to is in a table."""
    text = PAGE.partition("## What binds")[2]
    named = re.findall(r"`([a-z][a-z_]+)`", text)
    assert named
    assert set(named) - set(figures()) == set()


def test_the_plans_figures_of_the_bot_are_the_bots() -> None:
    """Where the program has a figure, the plan has the same."""
    given = {name: number(text) for name, text in GIVEN.items()}
    assert given["calls"] == BOT_CALLS_PER_SECOND
    assert given["tick"] == COMMON_TICK
    assert given["free_starts"] == StartLimits().free
    assert given["start_minutes"] * 60 == StartLimits().spacing
    large = StartLimits().for_total(int(given["day_starts"]))
    assert large.free == figures()["own_free"] >= figures()["shards"]
    assert large.spacing == given["start_minutes"] * 60 * 1_000 / given["day_starts"]
    assert given["retention_days"] == Settings.model_fields["retention_days"].default


def test_discords_rule_for_session_starts_is_kept_by_the_plan() -> None:
    """Discord docs, Gateway: the larger of 2,000 and five for every thousand servers."""
    known = figures()
    assert known["day_starts"] == max(2_000, known["servers"] / 1_000 * 5)
    assert known["servers"] / known["shards"] <= 2_500
    assert known["shards"] % known["shard_multiple"] == 0


def test_a_proxy_is_needed_where_the_plan_says_so() -> None:
    """The text's conclusions are those of the figures."""
    known = figures()
    assert known["token_calls_a_second"] < known["calls"]
    assert known["workers_share"] < known["workers_need"]
    assert known["most_jobs_a_server"] > known["jobs_a_server"]
