"""A page of the usage fits into Discord's components, says what is so, and names no other place."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.usage_list import UsagePage, usage_list
from bot.discord.cards.usage_place import UsagePlace, chosen_period, chosen_view
from bot.usage import periods
from bot.usage.account_balance import SeenBalance
from bot.usage.reports import UsageReport
from db.usage_records import UsageLine, UsageScope, UsageSums, UsageTotals, UsageView
from tests.unit.discord.cards.drawn_lists import check_limits, custom_ids, of_type, texts
from tests.unit.discord.cards.jobs import ENGLISH

TODAY = datetime.date(2026, 11, 28)
AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=6)
SUMS = st.builds(
    UsageSums, jobs=st.integers(0, 10**9), charged=AMOUNTS, reported=AMOUNTS, reserved=AMOUNTS
)
PLACES = st.builds(
    UsagePlace,
    page=st.integers(0, 10**6),
    view=st.sampled_from(UsageView),
    period=st.integers(0, periods.COUNT - 1).map(periods.word_of),
)
_KEYS: dict[UsageView, st.SearchStrategy[object]] = {
    UsageView.DAY: st.dates(),
    UsageView.SERVER: st.integers(0, 2**63 - 1),
    UsageView.PERSON: st.integers(1, 2**63 - 1),
    UsageView.MODEL: st.text(),
}
MENU = 3


@st.composite
def pages(draw: st.DrawFn) -> UsagePage:
    """Return any page."""
    place = draw(PLACES)
    keys = draw(st.lists(st.none() | _KEYS[place.view], max_size=10))
    sums = draw(SUMS)
    totals = UsageTotals(
        sums=sums,
        endings=draw(st.dictionaries(st.sampled_from(["delivered", "failed", "x"]), st.integers())),
        running=draw(st.integers(0, 10**9)),
        unknown=0,
    )
    report = UsageReport(
        scope=UsageScope(first=TODAY, last=TODAY, guild_id=draw(st.none() | st.just(22))),
        view=place.view,
        totals=totals,
        lines=[UsageLine(key=key, sums=sums) for key in keys],  # type: ignore[arg-type]
        line_count=draw(st.integers(len(keys), 10**6)),
        page=place.page,
    )
    balance = draw(
        st.none() | st.builds(SeenBalance, amount=st.none() | AMOUNTS, has_answered=st.booleans())
    )
    name = draw(st.none() | st.text())
    return UsagePage(
        report=report,
        place=place if report.scope.guild_id is None else place.of_server(),
        today=TODAY,
        labels={},
        server_name=lambda _: name,
        balance=balance,
    )


@given(pages())
def test_the_usage_fits(page: UsagePage) -> None:
    """Any page is within Discord's limits, whatever models and servers are called."""
    check_limits(usage_list(page, ENGLISH))


@given(PLACES)
def test_a_place_is_its_number(place: UsagePlace) -> None:
    """Buttons need no memory; no custom_id is longer than its template takes."""
    if place.page <= 100_000:
        assert UsagePlace.of(place.number) == place
    assert len(str(place.number)) <= 20


@given(st.integers(0, 10**20 - 1))
def test_a_forged_number_is_some_place(number: int) -> None:
    """Any number that matches the template is a place, whose own number matches again."""
    place = UsagePlace.of(number)
    assert UsagePlace.of(place.number) == place


@given(st.lists(st.text(), max_size=2))
def test_a_forged_choice_is_some_choice(chosen: list[str]) -> None:
    """What no menu has offered is by day, of 30 days."""
    assert chosen_view(chosen) in UsageView
    assert periods.is_period(chosen_period(chosen))


def a_page(view: UsageView, key: object, *, guild_id: int | None = None) -> UsagePage:
    """Return a page with one line."""
    sums = UsageSums(
        jobs=12, charged=Decimal("3.2"), reported=Decimal(3), reserved=Decimal("0.401")
    )
    report = UsageReport(
        scope=UsageScope(first=datetime.date(2026, 11, 1), last=TODAY, guild_id=guild_id),
        view=view,
        totals=UsageTotals(sums=sums, endings={"delivered": 10}, running=2, unknown=0),
        lines=[UsageLine(key=key, sums=sums)],  # type: ignore[arg-type]
        line_count=21,
        page=0,
    )
    return UsagePage(
        report=report,
        place=UsagePlace(view=view, period="2026-11"),
        today=TODAY,
        labels={"vidu-q3": "Vidu Q3"},
        server_name={22: "**Fox** club"}.get,
        balance=None if guild_id else SeenBalance(amount=Decimal("87.7"), has_answered=True),
    )


def test_the_operator_reads_the_balance_beside_the_ledger() -> None:
    """What was charged, what is reserved, and what the API says are three amounts."""
    heading, row = texts(usage_list(a_page(UsageView.MODEL, "vidu-q3"), ENGLISH))
    assert heading.splitlines() == [
        "### Usage of the whole bot",
        "2026-11-01 to 2026-11-28 (UTC)",
        "**$3.20** charged · **$0.41** reserved · 12 jobs",
        "-# Of that, $0.20 is by the price: ModelHunter reported no cost for it.",
        "-# 10 delivered · 2 not ended",
        "ModelHunter reports a balance of **$87.70** now.",
        "-# Page 1 of 3",
    ]
    assert row == "**Vidu Q3** · $3.20\n-# 12 jobs · $0.41 reserved"


def test_a_server_reads_of_itself_alone() -> None:
    """Neither the balance nor the view by servers is offered there."""
    drawn = usage_list(a_page(UsageView.DAY, TODAY, guild_id=22), ENGLISH)
    heading = texts(drawn)[0]
    assert heading.startswith("### Usage of this server\n")
    assert "balance" not in heading
    views, _ = of_type(MENU, drawn)
    assert [option["value"] for option in views["options"]] == ["day", "person", "model"]


def test_lines_are_named_as_what_they_are() -> None:
    """Members are shown by Discord's clients, names of servers word for word."""
    named = {
        (UsageView.PERSON, 7): "<@7>",
        (UsageView.PERSON, None): "Requests that were deleted",
        (UsageView.SERVER, 22): "\\*\\*Fox\\*\\* club",
        (UsageView.SERVER, 23): "Server 23",
        (UsageView.SERVER, 0): "Direct messages",
        (UsageView.MODEL, None): "From before an update of the bot",
        (UsageView.DAY, TODAY): "2026-11-28",
    }
    for (view, key), name in named.items():
        _, row = texts(usage_list(a_page(view, key), ENGLISH))
        assert row.startswith(f"**{name}** · "), (view, key)


def test_the_buttons_keep_view_and_period() -> None:
    """Older pages and the file are of the same view and days."""
    turn, file = [
        each
        for each in custom_ids(usage_list(a_page(UsageView.MODEL, "x"), ENGLISH))
        if each.startswith(("usage_page", "usage_csv"))
    ]
    assert UsagePlace.of(int(turn.partition(":")[2])) == UsagePlace(
        page=1, view=UsageView.MODEL, period="2026-11"
    )
    assert UsagePlace.of(int(file.partition(":")[2])).period == "2026-11"
