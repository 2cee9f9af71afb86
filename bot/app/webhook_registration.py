"""Webhook registration: have the API send signed webhooks to this bot, once for the whole account.

The API documents no way to list or remove what is registered. So the address is stored with the
bot's other small texts, and is registered a second time only on request.
"""

import contextlib
from collections.abc import Mapping

from bot.app.outgoing import build_outgoing
from bot.jobs.webhook_addresses import WEBHOOK_PATH
from bot.modelhunter import NotProcessed, OperatorMustAct, Rejected, open_client
from bot.modelhunter.webhooks import EVENTS
from bot.settings import Settings
from db.engines.engine import open_database
from db.errors import StoreFailed
from db.repositories.key_values import KeyValues

_REGISTERED = "registered webhook"


class RegisteredBefore(Exception):
    """The address was registered before, and a second time was not asked for."""


async def register_webhook(
    settings: Settings, public_url: str, *, again: bool
) -> Mapping[str, object]:
    """Register the bot's address for both events, and return what the API answers, with its secret.

    Raises:
        RegisteredBefore: It was done before; *again* does it all the same.
        DatabaseUnusable, CertificatesUnusable: The operator must change what the text says.
        StoreFailed: The database can't be written now; nothing was registered.
        Rejected, OperatorMustAct, NotProcessed: The API did not register it.
        OutcomeUnknown: It may have.
    """
    url = f"{public_url}{WEBHOOK_PATH}"
    outgoing = build_outgoing(settings)
    async with (
        open_database(settings.database_url) as store,
        open_client(settings.modelhunter_url, settings.modelhunter_key, outgoing=outgoing) as api,
    ):
        known = KeyValues(store)
        if not again and await known.get_value(_REGISTERED) == url:
            raise RegisteredBefore(url)
        # Before, so that no failure of the database comes between the answer and its reader: the
        # secret in it is shown once.
        await known.put_value(_REGISTERED, url)
        try:
            return await api.register_webhook(url, EVENTS)
        except (Rejected, OperatorMustAct, NotProcessed):
            with contextlib.suppress(StoreFailed):  # what the API says is what the operator needs
                await known.put_value(_REGISTERED, "")
            raise
