"""Loading the program collects no garbage, and what comes after it is collected as ever."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.cli.run import loading


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leave the garbage collector of the tests as it was."""
    yield
    gc.unfreeze()
    gc.enable()


class Circle:
    """An object that only the garbage collector frees."""

    def __init__(self) -> None:
        self.own = self


def test_loading_collects_no_garbage() -> None:
    """Within the block nothing is collected, and what was made there is never looked at again."""
    with loading():
        assert not gc.isenabled()
        kept = weakref.ref(Circle())
    gc.collect()
    assert kept() is not None


def test_what_comes_after_loading_is_collected() -> None:
    """A failed import switches nothing off: later garbage is collected."""
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
    freed = weakref.ref(Circle())
    gc.collect()
    assert freed() is None
