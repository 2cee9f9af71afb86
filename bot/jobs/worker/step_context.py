"""Step context: what every step of the worker works with."""

import dataclasses
from collections.abc import Callable

from bot.jobs.cards import Cards
from bot.jobs.recorder import JobRecorder
from bot.modelhunter import ModelHunterClient
from bot.monitoring.health import Health


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """What the steps share: the API, the recorder, the cards, the health report and the clock."""

    api: ModelHunterClient
    recorder: JobRecorder
    cards: Cards
    health: Health
    clock: Callable[[], float]  # Unix seconds
