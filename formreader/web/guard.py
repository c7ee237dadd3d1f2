"""Who is answered at all: this machine's own browser, on the page that the program opened.

Against other machines the server listens on 127.0.0.1 only. Against other pages in the same browser stand the checks
here: of `Host` (DNS rebinding), of `Origin` and `Sec-Fetch-Site` (requests forged by another page), and a cookie that
no script can read and no other page can send. Against other people on this machine stands the token that the cookie
is given for, once. See OWASP, "Cross-Site Request Forgery Prevention" and "DNS rebinding".
"""

import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer: the page loads nothing from elsewhere, nobody frames it, no scan stays in a cache."""

GO_ON = "Go on in the page that the program opened; or end it by Ctrl-C and start it again: what was saved stays."


@dataclass
class Key:
    """What opens the page: a token that is taken once, and the cookie given for it."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    used: bool = False

    def take(self, token: str) -> bool:
        """Whether this is the token, not taken before."""
        right = not self.used and secrets.compare_digest(token.encode(), self.token.encode())
        self.used = self.used or right
        return right

    def fits(self, cookie: str) -> bool:
        return secrets.compare_digest(cookie.encode(), self.cookie.encode())


class Guard:
    """Wraps the application: refuses with 403 and a reason whatever does not come from the page itself."""

    def __init__(self, app: ASGIApp, *, port: int, key: Key, home: str) -> None:
        """`home`: the path of the page, where the token is taken."""
        self._app = app
        self._home = home
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._key = key
        self._cookie = f"formreader-{port}"  # browsers do not keep apart the cookies of two ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # nothing else is spoken here; the server closes the connection

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._refusal(Headers(scope=scope), scope["method"]) or self._entry(Request(scope))
        await (answer or self._app)(scope, receive, send_with_headers)

    def _refusal(self, headers: Headers, method: str) -> Response | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self._hosts or len(headers.getlist("host")) != 1:
            return _refused(f"the host {host!r} is not this program's")
        if origin is not None and origin != f"http://{host}":
            return _refused(f"a request from {origin!r} is not answered")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return _refused("a request from another page is not answered")
        if method not in ("GET", "HEAD") and origin is None:
            return _refused("a request to change something must say where it comes from (Origin)")
        return None

    def _entry(self, request: Request) -> Response | None:
        """None for who has the cookie; the way in for who brings the token."""
        known = self._key.fits(_cookie(request.headers.getlist("cookie"), self._cookie))
        token = request.query_params.get("token")
        if request.method == "GET" and request.url.path == self._home and token is not None:
            if not (known or self._key.take(token)):
                return _refused("this address is wrong, or was opened before")
            answer = RedirectResponse(self._home, status_code=303)  # the token is gone from the address bar
            answer.set_cookie(self._cookie, self._key.cookie, httponly=True, samesite="strict")
            return answer
        return None if known else _refused("this browser was not let in")


def _cookie(headers: list[str], name: str) -> str:
    try:
        found = SimpleCookie("; ".join(headers)).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _refused(why: str) -> Response:
    return PlainTextResponse(f"formreader: {why}. {GO_ON}\n", status_code=403)
