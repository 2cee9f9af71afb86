"""Cards wait by channel: one edit at a time in each, and no channel waits for another."""

import dataclasses

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.discord.messages.due_edits import DueEdits

CARDS = st.integers(1, 9)


def channel_of(card: int) -> int:
    """Return the channel of a card: three cards in each."""
    return card % 3


@dataclasses.dataclass(slots=True)
class Plain:
    """The same, by looking at everything each time."""

    waiting: dict[int, float] = dataclasses.field(default_factory=dict)
    in_flight: set[int] = dataclasses.field(default_factory=set)

    def may_begin(self) -> dict[int, float]:
        """Return the cards whose channel has no edit in flight, with their times."""
        busy = {channel_of(card) for card in self.in_flight}
        return {card: due for card, due in self.waiting.items() if channel_of(card) not in busy}


class DueEditsMachine(RuleBasedStateMachine):
    """Put, move, remove, take and release in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.edits, self.plain = DueEdits(), Plain()

    @rule(card=CARDS, due=st.integers(0, 9))
    def put(self, card: int, due: int) -> None:
        """Have a card edited from then on."""
        self.edits.put(card, channel_of(card), float(due))
        self.plain.waiting[card] = float(due)

    @rule(card=CARDS)
    def remove(self, card: int) -> None:
        """Have a card not edited."""
        self.edits.remove(card)
        self.plain.waiting.pop(card, None)

    @rule(now=st.integers(0, 9))
    def take(self, now: int) -> None:
        """Begin the edit that has been due the longest."""
        taken, allowed = self.edits.take_due(float(now)), self.plain.may_begin()
        if taken is None:
            assert all(due > now for due in allowed.values())
            return
        assert taken in allowed
        assert allowed[taken] == min(allowed.values()) <= now
        del self.plain.waiting[taken]
        self.plain.in_flight.add(taken)

    @rule(card=CARDS)
    def release(self, card: int) -> None:
        """End an edit."""
        self.edits.release(card)
        self.plain.in_flight.discard(card)

    @invariant()
    def agrees(self) -> None:
        """What waits, what is in flight and when the next may begin are the same."""
        assert len(self.edits) == len(self.plain.waiting)
        assert self.edits.in_flight == len(self.plain.in_flight)
        assert self.edits.first_due() == min(self.plain.may_begin().values(), default=None)


test_due_edits_agree_with_a_plain_search = DueEditsMachine.TestCase
