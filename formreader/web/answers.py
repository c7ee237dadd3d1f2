"""Functions as addresses: JSON in, JSON out, what went wrong as words.

Each answer is worked out in a thread of its own, so that a slow one keeps no other waiting.
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from formreader.errors import FormreaderError, UsageError, not_writable

Answer: TypeAlias = dict[str, Any]

MOST_BYTES = 10_000_000
"""Of a request, as of a template file."""


def asked(path: str, answer: Callable[[Request], Answer]) -> Route:
    """GET `path`: the answer as JSON. Where `answer` raises a FormreaderError: 400 and {"error": its text}."""

    async def endpoint(request: Request) -> Response:
        return await _answered(answer, request)

    return Route(path, endpoint, methods=["GET"])


def told(path: str, answer: Callable[[Answer], Answer], *, most_bytes: int = MOST_BYTES) -> Route:
    """POST a JSON object to `path`, which `answer` takes; else as `asked`."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request, most_bytes)
        except UsageError as error:
            return refusal(str(error))
        return await _answered(answer, body)

    return Route(path, endpoint, methods=["POST"])


def refusal(words: str, status: int = 400) -> Response:
    """What went wrong, in words for the page to show."""
    return JSONResponse({"error": words}, status_code=status)


async def _answered(answer: Callable[[Any], Answer], given: Any) -> Response:
    try:
        return JSONResponse(await run_in_threadpool(answer, given))
    except FormreaderError as error:
        return refusal(str(error))
    except OSError as error:
        if not (said := not_writable(error)):
            raise
        return refusal(said)


async def _body(request: Request, most_bytes: int) -> Answer:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise UsageError("the request is not sent as application/json")
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most_bytes:
            raise UsageError(f"a request has at most {most_bytes:,} bytes")
    return _object(bytes(parts))


def _object(text: bytes) -> Answer:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("the request is not JSON") from None
    if not isinstance(body, dict):
        raise UsageError("the request is not a JSON object")
    return body
