"""The review page's addresses: what the browser asks for is handed to the desk, and its answer back.

Each works in a thread of its own, so that a page being registered for a picture keeps no decision waiting.
"""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from formreader.errors import UsageError
from formreader.review.desk import Desk
from formreader.review.questions import Filter
from formreader.web.answers import Answer, asked, refusal, told


def review_routes(desk: Desk) -> list[Route]:
    """Every address of the review page (static/review.html)."""
    return [
        asked("/api/start", lambda _: desk.start()),
        asked("/api/questions", lambda request: _questions(desk, request)),
        asked("/api/symbols", lambda _: desk.symbols()),
        asked("/api/gallery", lambda request: _gallery(desk, request)),
        asked("/api/rules/{field:int}", lambda request: desk.rules(request.path_params["field"])),
        asked("/api/look/{field:int}", lambda request: desk.look(request.path_params["field"])),
        asked("/api/form/{field:int}", lambda request: desk.form(request.path_params["field"])),
        told("/api/draft", lambda body: desk.draft(_number(body, "id"), _text(body, "text"), _number(body, "number"))),
        told("/api/decide", lambda body: _decide(desk, body)),
        told("/api/leave-page", lambda body: desk.leave_page(_number(body, "id"), **_sent(body))),
        told("/api/undo", lambda body: desk.undo(_text(body, "token"))),
        told("/api/labels", lambda body: desk.label(_text(body, "symbol"), _cells(body), **_sent(body))),
        told("/api/finish", lambda _: desk.finish()),
        Route("/picture/{kind}/{field:int}", _pictures(desk), methods=["GET"]),
        Route("/picture/{kind}/{field:int}/{cell:int}", _pictures(desk), methods=["GET"]),
    ]


def _pictures(desk: Desk) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        of = request.path_params
        try:
            picture = await run_in_threadpool(desk.picture, of["kind"], of["field"], of.get("cell", 0))
        except UsageError as error:
            return refusal(str(error))
        return Response(picture, media_type="image/jpeg") if picture else refusal("there is no picture", 404)

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


def _decide(desk: Desk, body: Answer) -> Answer:
    field, version = _number(body, "id"), _number(body, "version")
    return desk.decide(field, _text(body, "text"), _text(body, "status"), version=version, **_sent(body))


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
