"""Message size: the files of one message fit into it together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.worker.message_size import LARGEST_MESSAGE, limit_of_each

MIB = 1024 * 1024
SIZES = st.lists(st.integers(0, 100 * MIB), max_size=10)


@given(SIZES, st.integers(MIB, 500 * MIB))
def test_the_files_of_a_message_fit_together(sizes: list[int], limit: int) -> None:
    """Whatever their sizes, files that are made that small are no more than a message takes."""
    each = limit_of_each(sizes, limit)
    assert 0 < each <= limit
    if len(sizes) > 1:
        assert sum(min(size, each) for size in sizes) < max(LARGEST_MESSAGE, limit)


@pytest.mark.parametrize(
    ("sizes", "limit", "expected"),
    [
        ([], 10 * MIB, 10 * MIB),
        ([90 * MIB], 10 * MIB, 10 * MIB),
        ([8 * MIB] * 3, 10 * MIB, 10 * MIB),
        ([9 * MIB] * 4, 10 * MIB, (25 * MIB - 64 * 1024) // 4),
        ([20 * MIB] * 2, 50 * MIB, 50 * MIB),
    ],
)
def test_the_limit_of_a_message_is_shared(sizes: list[int], limit: int, expected: int) -> None:
    """What fits stays as it is; what would not has an equal part for each file."""
    assert limit_of_each(sizes, limit) == expected
