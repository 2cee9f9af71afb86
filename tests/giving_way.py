"""What gives way to no answer, for tests that have none."""


async def at_once() -> None:
    """Give way to no answer."""
