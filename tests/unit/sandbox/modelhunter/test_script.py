"""Scripts: status as a pure function of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.modelhunter.default_script import Scripts, default_script
from sandbox.modelhunter.script import Script, Step
from tests.unit.sandbox.modelhunter.builders import answered_expired, dice, new_task, record


@pytest.mark.parametrize(
    ("elapsed", "status"),
    [
        (-1, "pending"),
        (0, "pending"),
        (0.99, "pending"),
        (1, "queued"),
        (2, "running"),
        (9e9, "running"),
    ],
)
def test_a_script_status_lasts_until_the_next_step(elapsed: float, status: str) -> None:
    """A step begins at its second and lasts until the next one, the last for ever."""
    assert Script.endless().at(elapsed).status == status


def test_a_script_must_begin_at_0_seconds() -> None:
    """A script without a step at 0 seconds would leave a new task without a status."""
    with pytest.raises(ValueError, match="0 seconds"):
        Script(steps=(Step(1, "pending"),))
    with pytest.raises(ValueError, match="0 seconds"):
        Script(steps=())


def test_the_steps_of_a_script_must_be_in_order() -> None:
    """Steps out of order are a mistake in the test, not a silent other order."""
    with pytest.raises(ValueError, match="order"):
        Script(steps=(Step(0, "pending"), Step(5, "running"), Step(3, "failed")))


def test_a_moment_knows_when_it_started_and_ended() -> None:
    """Start and end are the seconds of the first running and the first final step."""
    moment = Script.quick(8).at(100)
    assert (moment.started_after, moment.finished_after) == (4, 8)
    assert Script.quick(8).at(1).started_after is None


def test_a_cancelled_task_stays_cancelled() -> None:
    """Later steps of the script do not matter once a task is cancelled."""
    task = record(script=Script.quick(8), cancelled_at=1003.0)
    assert {task.at(now).status for now in (1003, 1008, 9999)} == {"cancelled"}
    assert task.at(9999).finished_after == 3


def test_a_result_expires_as_often_as_the_script_says() -> None:
    """A finished task is `expired` until it was answered so often enough, and never before its end."""
    task = record(script=Script.expiring(2, seconds=4))
    assert task.at(1003).status == "running"
    assert task.at(1004).status == "expired"
    assert answered_expired(task, 1).at(1004).status == "expired"
    assert answered_expired(task, 2).at(1004).status == "succeeded"


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("vidu/text-to-video", 8),
        ("seedream/text-to-image", 4),
        ("elevenlabs/text-to-speech", 3),
    ],
)
def test_a_default_script_takes_its_kinds_time(path: str, seconds: float) -> None:
    """A default script passes all four statuses in about its kind's time."""
    script = default_script(new_task(path), dice())
    assert list(dict.fromkeys(step.status for step in script.steps)) == [
        "pending",
        "queued",
        "running",
        "succeeded",
    ]
    assert script.steps[-1].after == pytest.approx(seconds, rel=0.05)


@given(st.integers())
def test_the_progress_of_a_default_script_rises_from_5_to_95(seed: int) -> None:
    """Progress never falls, and running tasks show 5 to 95 percent."""
    script = default_script(new_task(), dice(seed))
    progress = [step.progress for step in script.steps if step.progress is not None]
    assert progress == sorted(progress)
    assert (progress[0], progress[-2], progress[-1]) == (5, 95, 100)


@pytest.mark.parametrize(
    ("path", "model", "given_input", "cost"),
    [
        ("vidu/text-to-video", "viduq3-turbo", {"duration": 5}, "0.2000"),
        ("vidu/text-to-video", "viduq3-turbo", {}, "0.2000"),
        ("grok/text-to-video", "grok-imagine/text-to-video", {"duration": "10"}, "0.7000"),
        ("veo/text-to-video", "veo3_fast", {"duration": 99}, "1.2000"),
        ("elevenlabs/text-to-speech", "", {"dialogue": [{"text": "x" * 500}]}, "0.0600"),
    ],
)
def test_the_price_of_a_default_script_follows_the_models_unit(
    path: str, model: str, given_input: dict[str, object], cost: str
) -> None:
    """Seconds, requests and characters are each billed by the model's own unit."""
    script = default_script(new_task(path, given_input, model), dice())
    assert str(script.cost) == cost


def test_queued_scripts_come_before_the_default() -> None:
    """Each queued script is for one task, in the order they were queued; then `choose` decides."""
    scripts = Scripts(dice())
    first, second, default = Script.quick(), Script.failing("no"), Script.endless()
    scripts.next(first, second)
    scripts.choose = lambda _: default
    taken = []
    for _ in range(3):
        script = scripts.peek(new_task())
        scripts.used(script)
        taken.append(script)
    assert taken == [first, second, default]


def test_a_refused_request_uses_up_no_script() -> None:
    """A script stays queued until a task was really created with it."""
    scripts = Scripts(dice())
    script = Script.quick()
    scripts.next(script)
    scripts.peek(new_task())
    assert scripts.peek(new_task()) is script


@pytest.mark.parametrize("script", [Script.endless(), Script.quick(8), Script.failing("no")])
@pytest.mark.parametrize("elapsed", [-1.0, 0.0, 0.5, 1.0, 2.0, 4.0, 7.9, 8.0, 100.0])
def test_the_status_alone_is_that_of_the_whole_moment(script: Script, elapsed: float) -> None:
    """A list of many tasks is filtered by the status alone, which costs less."""
    assert script.status_at(elapsed) == script.at(elapsed).status
