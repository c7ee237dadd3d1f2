"""Serve one page to one person on this machine, until the page or Ctrl-C ends it."""

import hashlib
import os
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import PurePath
from typing import TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from formreader.errors import UsageError
from formreader.web.answers import Answer, refusal, told
from formreader.web.guard import Guard, Key

Files: TypeAlias = dict[str, bytes]

LOOPBACK = "127.0.0.1"

KINDS = {".css": "text/css", ".js": "text/javascript"}
"""What static files are; Python's own list of kinds is not the same on every machine."""


class PageServer:
    """A page with its routes, bound to a port of this machine alone; `run` serves it.

    `page` names static/PAGE.html, which is served at /, or in a folder of its own; every other file of static/ at its
    name beside it. POST api/quit with {} ends the server, as does `stop`.
    """

    def __init__(self, page: str, routes: Sequence[BaseRoute], *, name: str = "", port: int | None = None) -> None:
        """`name`: of what the page is about. One that stays open goes on with the next server of that name, which has
        the same address, and with no other.

        `port`: None is the usual one of that name, or any free one, 0 any free one. UsageError where the port is taken.
        """
        self._socket = _bound_usually(name) if port is None else _bound(port)
        self.port: int = self._socket.getsockname()[1]
        key, home = Key(), f"/{hashlib.sha256(name.encode()).hexdigest()[:12]}/" if name else "/"
        self.url = f"http://{LOOPBACK}:{self.port}{home}?token={key.token}"
        everything = [*routes, told("/api/quit", self._quit), *_static_routes(page)]
        app = Starlette(routes=[Mount(home, routes=everything)], exception_handlers={404: _not_found, 500: _bug})
        self._server = _Server(
            uvicorn.Config(
                Guard(app, port=self.port, key=key, home=home),
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=60,  # what is asked is answered: a large review takes a while to write
            )
        )

    def run(self, *, ready: Callable[[], object] = lambda: None) -> None:
        """Serve until ended; `ready` is called once it does. Ctrl-C ends it cleanly too, and is raised afterwards."""
        self._server.ready = ready
        with self._socket:
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run`, from any thread."""
        self._server.should_exit = True

    def _quit(self, _: Answer) -> Answer:
        self.stop()
        return {}


class _Server(uvicorn.Server):
    """Says when it is ready: whoever sends Ctrl-C from then on ends it in good order."""

    ready: Callable[[], object]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()


def serve(
    page: str,
    routes: Sequence[BaseRoute],
    *,
    tell: Callable[[str], object],
    open_browser: bool = True,
    name: str = "",
    port: int | None = None,
) -> None:
    """Serve the page until it or Ctrl-C ends it: its address goes to `tell`, and to a browser unless told not to.

    `name` and `port` as of `PageServer`. Raises UsageError where the port is taken, KeyboardInterrupt after Ctrl-C.
    """
    server = PageServer(page, routes, name=name, port=port)

    def ready() -> None:
        tell(f"{server.url}\nThe page is for you on this machine alone. Ctrl-C ends it.")
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()

    server.run(ready=ready)


def static_files() -> Files:
    """Name -> content of every file that pages are made of; nothing else is ever read from disk by name."""
    folder = resources.files("formreader.web") / "static"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _bound_usually(name: str) -> socket.socket:
    """To the usual port of that name, in the range that no system hands out by itself, if it is free."""
    if not name:
        return _bound(0)
    usual = 61_000 + int.from_bytes(hashlib.sha256(name.encode()).digest()[-2:]) % 4_500
    try:
        return _bound(usual)
    except UsageError:
        return _bound(0)


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # else the port of a program that has just ended is not free for a minute
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
        bound.listen(64)  # from now on a browser waits rather than fails
    except OSError as error:
        bound.close()
        raise UsageError(f"port {port} cannot be used ({error.strerror}). Leave --port out to take any.") from error
    return bound


def _static_routes(page: str) -> list[Route]:
    files = static_files()
    shown = {name: content for name, content in files.items() if PurePath(name).suffix in KINDS}

    def index(_: Request) -> Response:
        return Response(files[f"{page}.html"], media_type="text/html")

    def named(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in shown:
            return _not_found(request, None)
        return Response(shown[name], media_type=KINDS[PurePath(name).suffix])

    return [Route("/", index, methods=["GET"]), Route("/{name}", named, methods=["GET"])]


def _not_found(request: Request, _: Exception | None) -> Response:
    return refusal(f"there is nothing at {request.url.path}", 404)


def _bug(_: Request, error: Exception) -> Response:
    return refusal(f"this is a bug: {type(error).__name__}: {error}. Where it happened stands in the terminal", 500)
