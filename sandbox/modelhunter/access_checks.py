"""Access checks: the middlewares that log a call, check its key, and wrap refusals."""

import hmac
from collections.abc import Mapping, MutableSequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.records import LoggedRequest
from sandbox.modelhunter.routes import API, not_found
from sandbox.modelhunter.streamed import HungUp


def below_api(path: str) -> str:
    """Return *path* without the `/api/v1` in front."""
    return path.removeprefix(API)


def log_middleware(requests: MutableSequence[LoggedRequest]) -> Middleware:
    """Return a middleware that records each call once it is answered or cut."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        status = None if isinstance(response, HungUp) else response.status
        requests.append(LoggedRequest(request.method, below_api(request.path), status))
        return response

    return middleware


@web.middleware
async def envelope_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Wrap every refusal, also of the web framework, in the API's error envelope."""
    try:
        return await handler(request)
    except ApiError as error:
        refusal = error
    except web.HTTPNotFound:
        refusal = not_found(request.path)
    except web.HTTPException as error:
        refusal = ApiError(error.status, error.reason.upper().replace(" ", "_"), error.reason)
    return web.json_response(refusal.envelope(), status=refusal.status)


def key_middleware(key: str, barred: Mapping[str, str]) -> Middleware:
    """Return a middleware that demands *key*, and answers 403 to those in *barred*, with their code."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(f"{API}/"):
            _check(request.headers.get("Authorization"), key, barred)
        return await handler(request)

    return middleware


def _check(header: str | None, key: str, barred: Mapping[str, str]) -> None:
    scheme, _, given = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise ApiError(401, "AUTH_REQUIRED", "An API key is required")
    if given in barred:
        raise ApiError(403, barred[given], "The API key may not do this")
    if not hmac.compare_digest(given.encode(), key.encode()):
        raise ApiError(401, "AUTH_INVALID_TOKEN", "The API key is not valid")
