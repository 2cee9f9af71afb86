"""How many POSTs the API has seen."""

from tests.integration.jobs.world import World


def posts(world: World) -> int:
    """Return how many POSTs the API has seen."""
    return len(world.api.calls("POST"))
