"""Step context: what every step of the worker works with."""

import dataclasses
from collections.abc import Callable

from bot.jobs.cards import Cards
from bot.jobs.looks import Looks
from bot.jobs.recorder import JobRecorder
from bot.jobs.worker.list_searches import ListSearches
from bot.jobs.worker.step_lanes import StepLanes
from bot.modelhunter import ModelHunterClient
from bot.monitoring.api_gate import ApiGate
from bot.monitoring.health import Health


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """What the steps share: the API, its gate and list, the recorder, the cards, health, lanes, looks."""

    api: ModelHunterClient
    gate: ApiGate
    searches: ListSearches
    lanes: StepLanes
    looks: Looks
    recorder: JobRecorder
    cards: Cards
    health: Health
    clock: Callable[[], float]  # Unix seconds
    # The least seconds between two looks at a task: more than 0 while webhooks arrive.
    poll_interval_floor: Callable[[], float] = lambda: 0.0
    # Whether a webhook has just said that the task of the job with this id has ended.
    is_announced: Callable[[int], bool] = lambda _job_id: False
