"""Check by one dry job: the real bot makes an image against the sandbox, which costs nothing."""

import importlib.util

from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, not_checked, ok
from bot.doctor.problems import MachineProblem
from sandbox.demo import NEEDED


async def check_dry_job(_bench: Bench) -> Finding:
    """Run the bot beside the sandboxes, in a process of its own, and follow one job."""
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        return not_checked(f"the sandbox needs {' and '.join(missing)}, which the demo installs")
    # Only now: these modules need the packages.
    from sandbox.bot_process import BotEndedError  # noqa: PLC0415
    from sandbox.demo.dry_job import make_dry_job  # noqa: PLC0415

    try:
        wrong = await make_dry_job()
    except (BotEndedError, TimeoutError, OSError) as error:
        return MachineProblem.DRY_JOB_FAILED.found(f"{type(error).__name__}: {error}")
    if wrong is not None:
        return MachineProblem.DRY_JOB_FAILED.found(f"an image should be on its card, but {wrong}")
    return ok("the bot made an image and showed it, against the sandbox")
