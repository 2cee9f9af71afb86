"""From a request to a job, and to what is posted."""

import dataclasses
import json

import pytest

from bot.catalogue import Model, load_catalogue
from bot.catalogue.models import Kind
from bot.jobs.admission.requests import (
    AdultModes,
    GenerationRequest,
    Quote,
    RequestContext,
    new_job,
    price_key,
)
from bot.jobs.worker.submit import request_body
from db.records import CancelControl, CardKind, JobKind, JobState
from tests.unit.jobs.builders import NOW, REQUESTER

WISH = GenerationRequest(
    kind=JobKind.VIDEO,
    prompt="  a fox in the snow ",
    model="viduq3-turbo",
    options={"duration": "3", "audio": "off"},
    private=True,
)
PLACE = RequestContext(
    interaction_id=1_234,
    interaction_token="token-of-the-interaction",
    application_id=5,
    user_id=REQUESTER,
    guild_id=None,
    channel_id=33,
    locale="de",
    card_kind=CardKind.TOKEN_ONLY,
    cancel_control=CancelControl.BUTTON,
    upload_limit=99,
    adult_modes=AdultModes.OFF,
)


def an_order() -> Quote:
    """Return the order for the request, as the catalogue makes it."""
    model = load_catalogue().find(Kind.VIDEO, "viduq3-turbo")
    assert model is not None
    generation = model.build(WISH.prompt, WISH.options, allow_adult=False)
    return Quote(request=WISH, model=model, generation=generation)


def test_a_job_from_a_quote() -> None:
    """A job knows what was asked, where it is shown, what is sent and what it may cost."""
    order = an_order()
    job = new_job(order, PLACE, now=NOW, retry_of=7)
    assert (job.id, job.state, job.retry_of, job.open) == (1_234, JobState.ACCEPTED, 7, True)
    assert (job.prompt, job.model, job.kind) == (WISH.prompt, "viduq3-turbo", JobKind.VIDEO)
    assert (job.private, job.card_kind, job.cancel_control) == (
        True,
        CardKind.TOKEN_ONLY,
        CancelControl.BUTTON,
    )
    assert (job.user_id, job.guild_id, job.channel_id) == (REQUESTER, None, 33)
    assert (job.locale, job.upload_limit, job.application_id) == ("de", 99, 5)
    assert (job.interaction_token, job.created_at) == (PLACE.interaction_token, NOW)
    assert (job.price_low, job.price_high) == (
        order.generation.price.low,
        order.generation.price.high,
    )
    assert 0 < job.price_low < job.price_high
    assert (job.message_id, job.task_id, job.submitted_at) == (None, None, None)


def test_the_body_of_a_job_is_marked_with_its_id() -> None:
    """The body is the model's, marked with the job's id as a text, and can be JSON."""
    job = new_job(
        an_order(), dataclasses.replace(PLACE, interaction_id=2**62), now=NOW, retry_of=None
    )
    assert json.loads(json.dumps(request_body(job))) == {
        "model": "viduq3-turbo",
        "input": {"prompt": "a fox in the snow", "duration": 3, "audio": False},
        "metadata": {"job_id": str(2**62)},
    }


def test_the_interaction_token_is_not_in_a_repr() -> None:
    """Neither a context nor its job shows the interaction token when it is logged."""
    job = new_job(an_order(), PLACE, now=NOW, retry_of=None)
    assert "token-of-the-interaction" not in repr(PLACE) + repr(job)


def test_which_requests_should_cost_the_same() -> None:
    """A seed changes no price; a duration, a resolution and another model do."""
    model = load_catalogue().find(Kind.VIDEO, "viduq3-turbo")
    other = load_catalogue().find(Kind.VIDEO, "kling-v3")
    assert model is not None
    assert other is not None

    def key(which: Model, **options: str | int) -> str:
        generation = which.build("a fox", options, allow_adult=False)
        return price_key(Quote(request=WISH, model=which, generation=generation))

    assert key(model, seed=1, duration=5) == key(model, duration=5, seed=2)
    keys = {key(model, duration=5), key(model, duration=6), key(other, duration=5)}
    assert len(keys | {key(model, duration=5, resolution="1080p")}) == 4


def test_texts_that_can_not_be_stored_are_cleaned() -> None:
    """Half an emoji and control characters, which no database and no request takes, are taken out."""
    request = dataclasses.replace(
        an_order().request,
        prompt="a \ud83e fox\x00\n\U0001f98a",
        options={"style": "x\udd8a", "seed": 7},
    )
    cleaned = request.storable()
    assert cleaned.prompt == "a \ufffd fox\n\U0001f98a"
    assert cleaned.options == {"style": "x\ufffd", "seed": 7}


@pytest.mark.parametrize(
    ("asked", "is_adult", "spoiler"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_adult_content_is_always_a_spoiler(asked: bool, is_adult: bool, spoiler: bool) -> None:
    """A result is covered where its requester asked for that, and where a mode is for adults."""
    order = an_order()
    quote = dataclasses.replace(
        order,
        request=dataclasses.replace(WISH, spoiler=asked),
        generation=dataclasses.replace(order.generation, is_adult=is_adult),
    )
    assert new_job(quote, PLACE, now=NOW, retry_of=None).spoiler is spoiler
