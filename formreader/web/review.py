"""The review page's addresses: what the browser asks for is handed to the desk, and its answer back.

Each works in a thread of its own, so that a page being registered for a picture keeps no decision waiting.
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from formreader.errors import UsageError
from formreader.review.desk import Desk
from formreader.review.questions import Filter

Answer: TypeAlias = dict[str, Any]

MOST_BYTES = 200_000
"""Of a request: a screen of the gallery has a tenth of that."""


def review_routes(desk: Desk) -> list[Route]:
    """Every address of the review page, below /."""
    asked: dict[str, Callable[[Request], Answer]] = {
        "api/start": lambda _: desk.start(),
        "api/questions": lambda request: _questions(desk, request),
        "api/symbols": lambda _: desk.symbols(),
        "api/gallery": lambda request: _gallery(desk, request),
        "api/look/{field:int}": lambda request: desk.look(request.path_params["field"]),
        "api/form/{field:int}": lambda request: desk.form(request.path_params["field"]),
    }
    told: dict[str, Callable[[Answer], Answer]] = {
        "api/draft": lambda body: desk.draft(_number(body, "id"), _text(body, "text"), _number(body, "number")),
        "api/decide": lambda body: desk.decide(
            _number(body, "id"), _text(body, "text"), _text(body, "status"), **_sent(body)
        ),
        "api/undo": lambda _: desk.undo(),
        "api/labels": lambda body: desk.label(_text(body, "symbol"), _cells(body), **_sent(body)),
        "api/finish": lambda _: desk.finish(),
    }
    return [
        *(Route(f"/{path}", _reader(answer), methods=["GET"]) for path, answer in asked.items()),
        *(Route(f"/{path}", _writer(answer), methods=["POST"]) for path, answer in told.items()),
        Route("/picture/{kind}/{field:int}", _pictures(desk), methods=["GET"]),
        Route("/picture/{kind}/{field:int}/{cell:int}", _pictures(desk), methods=["GET"]),
    ]


def _reader(answer: Callable[[Request], Answer]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await _answered(answer, request)

    return endpoint


def _writer(answer: Callable[[Answer], Answer]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        text = await request.body()
        if len(text) > MOST_BYTES:
            return _refusal(f"a request has at most {MOST_BYTES:,} bytes")
        try:
            body = json.loads(text)
        except ValueError:
            return _refusal("the request is not JSON")
        if not isinstance(body, dict):
            return _refusal("the request is not a JSON object")
        return await _answered(answer, body)

    return endpoint


async def _answered(answer: Callable[[Any], Answer], given: Any) -> Response:
    try:
        return JSONResponse(await run_in_threadpool(answer, given), headers={"Cache-Control": "no-store"})
    except UsageError as error:
        return _refusal(str(error))


def _refusal(words: str) -> Response:
    return JSONResponse({"error": words}, status_code=400)


def _pictures(desk: Desk) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        of = request.path_params
        try:
            picture = await run_in_threadpool(desk.picture, of["kind"], of["field"], of.get("cell", 0))
        except UsageError as error:
            return _refusal(str(error))
        if not picture:
            return Response(status_code=404)
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    return endpoint


def _questions(desk: Desk, request: Request) -> Answer:
    given = request.query_params
    only = given.get("only", "todo")
    wanted = Filter(
        field=given.get("field", ""),
        reason=given.get("reason", ""),
        least=_share(given.get("least", "0")),
        most=_share(given.get("most_sure", "1")),
        only="all" if only == "all" else "disputed" if only == "disputed" else "todo",
    )
    after, before = given.get("after"), given.get("before")
    return desk.questions(
        wanted,
        after=_whole(after) if after is not None else None,
        before=_whole(before) if before is not None else None,
        most=_whole(given.get("most", "20")),
    )


def _gallery(desk: Desk, request: Request) -> Answer:
    given = request.query_params
    after = _whole(given.get("position", "-1")), _whole(given.get("cell", "-1"))
    return desk.gallery(given.get("symbol", ""), after=after, most=_whole(given.get("most", "60")))


def _cells(body: Answer) -> list[Answer]:
    cells = body.get("cells")
    if not isinstance(cells, list) or not all(isinstance(one, dict) for one in cells):
        raise UsageError("`cells` is not a list of objects")
    return [{"id": _number(one, "id"), "cell": _number(one, "cell"), "label": _text(one, "label")} for one in cells]


def _sent(body: Answer) -> Answer:
    return {"token": _text(body, "token"), "milliseconds": _number(body, "milliseconds")}


def _number(body: Answer, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**62:
        raise UsageError(f"`{name}` is not a whole number")
    return value


def _text(body: Answer, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise UsageError(f"`{name}` is not a text")
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a whole number") from None


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a share") from None
