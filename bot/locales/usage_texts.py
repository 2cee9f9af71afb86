"""Texts of /usage: what jobs have cost, for those who manage a server and for the operator."""

from collections.abc import Mapping
from typing import Final

from bot.locales.translate import CountedText, Text
from db.records import JobState
from db.usage_records import UsageView

USAGE_TITLE: Final = Text("Usage of this server")
USAGE_TITLE_ALL: Final = Text("Usage of the whole bot")
# Translators: days such as 2026-11-28; a day ends at midnight UTC.
USAGE_DAYS: Final = Text("{first} to {last} (UTC)")
USAGE_DAY: Final = Text("{day} (UTC)")
USAGE_SUMS: Final = Text("**{charged}** charged · **{reserved}** reserved · {jobs}")
USAGE_UNREPORTED: Final = Text(
    "Of that, {amount} is by the price: ModelHunter reported no cost for it."
)
USAGE_NOTHING: Final = Text("No jobs in this time.")
USAGE_BALANCE: Final = Text("ModelHunter reports a balance of **{amount}** now.")
USAGE_BALANCE_UNKNOWN: Final = Text("ModelHunter reports no balance.")
USAGE_BALANCE_UNREADABLE: Final = Text("ModelHunter's balance can't be read right now.")
USAGE_RUNNING: Final = CountedText("{count} not ended", "count")
USAGE_ENDINGS: Final[Mapping[JobState, Text]] = {
    JobState.DELIVERED: CountedText("{count} delivered", "count"),
    JobState.LINKED: CountedText("{count} to download", "count"),
    JobState.FAILED: CountedText("{count} failed", "count"),
    JobState.REFUSED: CountedText("{count} refused", "count"),
    JobState.CANCELLED: CountedText("{count} cancelled", "count"),
    JobState.LOST: CountedText("{count} lost", "count"),
}
USAGE_VIEWS: Final[Mapping[UsageView, Text]] = {
    UsageView.DAY: Text("By day"),
    UsageView.SERVER: Text("By server"),
    UsageView.PERSON: Text("By member"),
    UsageView.MODEL: Text("By model"),
}
# Keys are the words of the periods.
USAGE_PERIODS: Final[Mapping[str, Text]] = {
    "today": Text("Today"),
    "7d": Text("7 days"),
    "30d": Text("30 days"),
    "this_month": Text("This month"),
    "last_month": Text("Last month"),
}
USAGE_ROW: Final = Text("**{name}** · {charged}")
USAGE_RESERVED: Final = Text("{amount} reserved")
USAGE_SERVER: Final = Text("Server {id}")
USAGE_OUTSIDE: Final = Text("Direct messages")
USAGE_DELETED: Final = Text("Requests that were deleted")
USAGE_BEFORE: Final = Text("From before an update of the bot")
USAGE_CSV: Final = Text("One line for each day, server, member, model and ending.")

# --- Why it is not shown -------------------------------------------------------------------------

USAGE_NOT_MANAGING: Final = Text(
    "Only members with **Manage Server** can see what this server has used."
)
USAGE_NOT_OPERATOR: Final = Text(
    "Only the bot's owner can see that here. In a server, members with **Manage Server** can see what "
    "it has used."
)
USAGE_TOO_LONG: Final = Text("That is too much for one file. Choose a shorter time.")
