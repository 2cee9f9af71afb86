"""Server labels: the sums of many servers under few names. Pure.

Each label value is a time series that Prometheus keeps for weeks, and a bot may be in ten thousand
servers. So the servers that spend most have a series of their own, and all others one together.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from db.repositories.figures import Spent
from db.repositories.ledger import OUTSIDE_OF_SERVERS

MOST_SERVERS = 20
DIRECT, UNKNOWN, OTHER = "direct_messages", "unknown", "other"
RESERVED, SETTLED = "reserved", "settled"


def by_server(
    spent: Sequence[Spent], most_servers: int = MOST_SERVERS
) -> Mapping[tuple[str, str], Decimal]:
    """Return the sums by label and kind: the id of each of *most_servers* servers, and three words.

    Their total is that of *spent*. Of servers that spend the same, the older comes first.
    """
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for each in spent:
        if each.guild_id:
            totals[each.guild_id] += each.amount
    named = sorted(totals, key=lambda guild_id: (-totals[guild_id], guild_id))[:most_servers]
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in spent:
        kind = SETTLED if each.settled else RESERVED
        sums[_label(each.guild_id, named), kind] += each.amount
    return sums


def _label(guild_id: int | None, named: Sequence[int]) -> str:
    if guild_id is None:
        return UNKNOWN
    if guild_id == OUTSIDE_OF_SERVERS:
        return DIRECT
    return str(guild_id) if guild_id in named else OTHER
