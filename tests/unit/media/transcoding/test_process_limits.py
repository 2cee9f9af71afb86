"""Which processors a transcoder works on."""

import pytest

from bot.media.transcoding.process_limits import share_of


@pytest.mark.parametrize("count", [2, 3, 4, 16, 64])
def test_each_transcoder_has_two_processors(count: int) -> None:
    """Every process has two of those that there are, and on four two processes have all."""
    there = set(range(count))
    for process in range(100, 130):
        share = share_of(there, process)
        assert len(share) == 2
        assert share <= there
    assert len(share_of(there, 100) | share_of(there, 101)) == min(count, 4)


def test_processors_are_not_counted_from_nought() -> None:
    """A container may have any of the machine's processors, or one alone."""
    assert share_of({5, 9}, 7) == {5, 9}
    assert share_of({6}, 7) == {6}
