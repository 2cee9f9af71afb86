"""Models that the API's documentation does not show are used where the operator has turned them on."""

from tests.end_to_end.world import World

WRONG = 2  # the exit code of a setting that is wrong
NAME = "nano-banana-2"


async def test_a_model_that_is_turned_on_makes_an_image(world: World) -> None:
    """Truthful: a model that was turned on by name is used with its own options, to the end."""
    async with world.bot(ENABLE_UNDOCUMENTED_MODELS=NAME):
        card = await world.ask("image", model=NAME, options="resolution=1k output_format=jpg")
        await world.until_done(card)
    (task,) = world.api.tasks.values()
    assert (task.provider, task.capability, task.model) == ("gemini", "text-to-image", NAME)
    assert {key: task.input[key] for key in ("resolution", "output_format")} == {
        "resolution": "1K",
        "output_format": "jpg",
    }


async def test_a_model_that_is_not_turned_on_is_not_offered(world: World) -> None:
    """Truthful: until then it makes nothing of a prompt alone, and nothing is sent."""
    async with world.bot():
        refused = await world.ask("image", model=NAME)
        assert "needs a file as `image`, too" in refused.content
    assert not world.api.tasks


async def test_a_start_with_an_unknown_name(world: World) -> None:
    """Truthful: a name of no model is one readable line with those that can be turned on."""
    code, said = await world.refused_start(ENABLE_UNDOCUMENTED_MODELS="nano")
    assert code == WRONG
    line = said.strip().splitlines()[-1]
    assert line.startswith("ENABLE_UNDOCUMENTED_MODELS: nano is none of: ")
    assert NAME in line
