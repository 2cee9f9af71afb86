"""A gate, and the routes of the models that it is asked about."""

from decimal import Decimal

from bot.modelhunter import OperatorMustAct
from bot.monitoring.api_gate import ApiGate, Barrier
from bot.monitoring.api_refusals import Route
from bot.monitoring.health import Health
from tests.manual_clock import ManualClock

MINUTE, HOUR = 60.0, 3600.0
PRICE, CHEAPER = Decimal("0.40"), Decimal("0.39")
REFUSED = Route("seedream/text-to-image", "seedream-4-0")
SAME_ENDPOINT = Route("seedream/text-to-image", "seedream-4-5")
OTHER = Route("vidu/text-to-video", "vidu-q2")
ROUTES = (REFUSED, SAME_ENDPOINT, OTHER)


class Gate(ApiGate):
    """A gate with its clock and its report at hand."""

    def __init__(self) -> None:
        self.time = ManualClock()
        self.health = Health()
        super().__init__(self.health, monotonic=self.time)

    def barriers(self, price: Decimal = PRICE) -> list[Barrier | None]:
        """Return what is in the way of each route."""
        return [self.barrier(route, price) for route in ROUTES]

    def refuse(self, status: int, price: Decimal = PRICE) -> None:
        """Have a create refused, and then a balance read that covers nothing."""
        self.refused(REFUSED, price, OperatorMustAct(status=status, code=None))
