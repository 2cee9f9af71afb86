"""The sums of many servers are shown under few names, and none of the money is left out."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.monitoring.server_labels import DIRECT, OTHER, UNKNOWN, by_server
from db.repositories.figures import Spent
from db.repositories.ledger import OUTSIDE_OF_SERVERS

amounts = st.integers(0, 10**9).map(lambda micro: Decimal(micro) / 10**6)
servers = st.one_of(st.none(), st.just(OUTSIDE_OF_SERVERS), st.integers(1, 2**63 - 1))
sums = st.lists(
    st.builds(Spent, guild_id=servers, settled=st.booleans(), amount=amounts), max_size=60
)


def spent(guild_id: int | None, dollars: str, *, settled: bool = True) -> Spent:
    """Return what a server's jobs have cost."""
    return Spent(guild_id=guild_id, settled=settled, amount=Decimal(dollars))


@given(sums, st.integers(0, 5))
def test_sums_by_server_are_complete_and_few(given_sums: list[Spent], most: int) -> None:
    """Their total is what was spent, and the labels are no more than so many and three words."""
    shown = by_server(given_sums, most)

    assert sum(shown.values()) == sum(each.amount for each in given_sums)
    for settled, kind in ((True, "settled"), (False, "reserved")):
        total = sum(each.amount for each in given_sums if each.settled is settled)
        assert sum(value for (_, of), value in shown.items() if of == kind) == total
    labels = {label for label, _ in shown}
    assert len(labels - {DIRECT, UNKNOWN, OTHER}) <= most


@given(sums, st.integers(1, 5))
def test_no_other_server_spends_more_than_a_named_one(given_sums: list[Spent], most: int) -> None:
    """The servers with a name of their own are those that spend most."""
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for each in given_sums:
        if each.guild_id:
            totals[each.guild_id] += each.amount
    named = {label for label, _ in by_server(given_sums, most)} - {DIRECT, UNKNOWN, OTHER}
    others = [amount for guild_id, amount in totals.items() if str(guild_id) not in named]
    assert not others or max(others) <= min(totals[int(label)] for label in named)


def test_servers_direct_messages_and_deleted_jobs_are_told_apart() -> None:
    """Each has its label, and reservations are apart from what was charged."""
    shown = by_server(
        [
            spent(11, "3"),
            spent(11, "0.5", settled=False),
            spent(12, "2"),
            spent(13, "1"),
            spent(OUTSIDE_OF_SERVERS, "0.25"),
            spent(None, "0.125"),
        ],
        most_servers=2,
    )
    assert shown == {
        ("11", "settled"): Decimal(3),
        ("11", "reserved"): Decimal("0.5"),
        ("12", "settled"): Decimal(2),
        ("other", "settled"): Decimal(1),
        ("direct_messages", "settled"): Decimal("0.25"),
        ("unknown", "settled"): Decimal("0.125"),
    }
