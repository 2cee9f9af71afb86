"""What `webhook register` does with its settings, and says of the outcome."""

import asyncio
import json
from collections.abc import Iterator, Mapping

from bot.app.webhook_registration import RegisteredBefore, register_webhook
from bot.cli.command import end_with, fail_with
from bot.modelhunter import ModelHunterError, NotProcessed, OperatorMustAct, Rejected
from bot.outgoing import CertificatesUnusable
from bot.settings import Settings
from db.errors import DatabaseUnusable, StoreFailed

_LONGEST_VALUE = 500  # characters


def register(settings: Settings, public_url: str, *, again: bool) -> int:
    """Register the address, say what came of it, and return the exit code."""
    try:
        answer = asyncio.run(register_webhook(settings, public_url, again=again))
    except (CertificatesUnusable, DatabaseUnusable) as error:
        return end_with(str(error))
    except StoreFailed as error:
        return fail_with(f"Nothing was registered: {error} Try again later.")
    except RegisteredBefore as error:
        return end_with(
            f"{error} was registered before, and ModelHunter documents no way to list webhooks:"
            " with --again it is registered once more, and each event may then come twice."
        )
    except ModelHunterError as error:
        return _explain(error)
    print("\n".join(_report(answer)))  # noqa: T201 - the answer
    return 0


def _explain(error: ModelHunterError) -> int:
    """Say what the operator can do about an error of the API, and return the exit code."""
    if isinstance(error, OperatorMustAct):
        return end_with(
            f"ModelHunter refuses ({error}): check MODELHUNTER_KEY and its permissions."
        )
    if isinstance(error, Rejected):
        return end_with(f"ModelHunter does not take PUBLIC_URL ({error}): check it.")
    if isinstance(error, NotProcessed):
        return fail_with(f"Nothing was registered ({error}): try again later.")
    return fail_with(
        f"It is not known whether it was registered ({error}). Try again with --again:"
        " registered twice, events may come twice, which does no harm."
    )


def _report(answer: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines that show the operator what the API has answered."""
    yield "Registered. ModelHunter answered:"
    yield ""
    fields = list(_fields(answer))
    width = max((len(name) for name, _ in fields), default=0)
    yield from (f"  {name:<{width}}  {value}" for name, value in fields)
    yield ""
    if any("secret" in name.lower() for name, _ in fields):
        yield "Put the secret into MODELHUNTER_WEBHOOK_SECRET and restart the bot."
        yield "It is shown this once, and is in no log."
    else:
        yield "There is no secret in it: look for it in your ModelHunter account,"
        yield "and put it into MODELHUNTER_WEBHOOK_SECRET."


def _fields(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{prefix}{name}.")
        else:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield _printable(f"{prefix}{name}"), _printable(shown)


def _printable(text: str) -> str:
    """Return what can be printed of the API's text: a terminal carries out what it is sent."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:_LONGEST_VALUE])
