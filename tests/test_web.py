"""The local server: who is answered, with which headers, and how it ends. A real server on a real port."""

import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from batches import LONG, wait_until
from starlette.requests import Request

from formreader.errors import UsageError
from formreader.web.answers import Answer, asked, told
from formreader.web.server import PageServer, static_files

JSON = {"Content-Type": "application/json"}


class Got(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    text: str


class Browser:
    """Speaks to a server as a browser would: with the cookie, and with the origin on a POST."""

    def __init__(self, server: PageServer) -> None:
        self.home = f"127.0.0.1:{server.port}"
        self.token = server.url.partition("?token=")[2]
        self.cookie = ""

    def send(
        self, path: str, *, body: str | None = None, method: str = "", headers: Mapping[str, str | None] | None = None
    ) -> Got:
        given: dict[str, str | None] = {"Cookie": self.cookie}
        if body is not None:
            given |= {"Origin": f"http://{self.home}", **JSON}
        given |= headers or {}
        connection = http.client.HTTPConnection(self.home, timeout=60)
        connection.putrequest(method or ("GET" if body is None else "POST"), path, skip_host="Host" in given)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        got = Got(answer.status, answer.headers, answer.read().decode())
        connection.close()
        return got

    def enter(self) -> Got:
        got = self.send(f"/?token={self.token}")
        self.cookie = got.headers.get("Set-Cookie", "").partition(";")[0]
        return got


def _double(body: Answer) -> Answer:
    if not isinstance(body.get("number"), int):
        raise UsageError("number: is no whole number. Give one.")
    return {"doubled": 2 * body["number"]}


def _broken(_: Request) -> Answer:
    raise RuntimeError("nobody foresaw this")


def _full(_: Request) -> Answer:
    raise OSError(errno.ENOSPC, "No space left on device", "crops/1.png")


def _slow(_: Request) -> Answer:
    time.sleep(3)
    return {"after": "a while"}


ROUTES = [
    asked("/api/hello", lambda _: {"hello": "you"}),
    told("/api/double", _double),
    asked("/api/broken", _broken),
    asked("/api/full", _full),
    asked("/api/slow", _slow),
]


@pytest.fixture
def server() -> Iterator[PageServer]:
    served = PageServer("review", ROUTES)
    thread = threading.Thread(target=served.run)
    thread.start()
    yield served
    served.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def browser(server: PageServer) -> Browser:
    """One that has been let in."""
    one = Browser(server)
    assert one.enter().status == 303
    return one


def test_the_token_is_exchanged_for_a_cookie_that_no_script_reads_and_no_other_page_sends(server: PageServer) -> None:
    browser = Browser(server)
    entered = browser.enter()
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    set_cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=strict" in set_cookie
    page = browser.send("/")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<html" in page.text


def test_the_token_opens_once_and_its_owner_may_use_it_again(server: PageServer) -> None:
    owner = Browser(server)
    owner.enter()
    late = Browser(server).enter()
    assert late.status == 403
    assert "opened before" in late.text
    assert "Set-Cookie" not in late.headers
    assert owner.send(f"/?token={owner.token}").status == 303


@pytest.mark.parametrize(
    "path", ["/", "/review.js", "/api/hello", "/nothing", "/?token=", "/?token=guess", "/?token=%FF"]
)
def test_nobody_gets_anything_without_token_or_cookie(server: PageServer, path: str) -> None:
    stranger = Browser(server)
    for cookie in ("", f"formreader-{server.port}=guess", "formreader-1=x; ;;=", "é"):
        got = stranger.send(path, headers={"Cookie": cookie})
        assert got.status == 403, path
        assert "hello" not in got.text
    assert stranger.enter().status == 303  # and the token is still good


def test_a_request_that_changes_something_needs_the_cookie_too(server: PageServer) -> None:
    assert Browser(server).send("/api/double", body='{"number": 2}').status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"]
)
def test_another_host_name_is_refused_whoever_asks(browser: Browser, server: PageServer, host: str) -> None:
    got = browser.send("/api/hello", headers={"Host": host.format(port=server.port)})
    assert got.status in (400, 403)
    assert "hello" not in got.text


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", None]
)
def test_another_origin_cannot_change_anything(browser: Browser, server: PageServer, origin: str | None) -> None:
    given = origin and origin.format(port=server.port)
    got = browser.send("/api/double", body='{"number": 2}', headers={"Origin": given})
    assert got.status == 403
    assert "doubled" not in got.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_what_the_browser_says_comes_from_another_page_is_refused(browser: Browser, site: str) -> None:
    assert browser.send("/api/hello", headers={"Sec-Fetch-Site": site}).status == 403


def test_the_page_itself_is_answered(browser: Browser) -> None:
    for site in ("same-origin", "none"):
        assert json.loads(browser.send("/api/hello", headers={"Sec-Fetch-Site": site}).text) == {"hello": "you"}
    assert json.loads(browser.send("/api/double", body='{"number": 2}').text) == {"doubled": 4}


def test_every_answer_forbids_what_the_page_does_not_need(browser: Browser, server: PageServer) -> None:
    stranger = Browser(server)
    for got in (browser.send("/"), browser.send("/api/hello"), browser.send("/nothing"), stranger.send("/")):
        policy = got.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in got.headers
        assert "Server" not in got.headers


@pytest.mark.parametrize(
    "path", ["/../server.py", "/%2e%2e/server.py", "/..%2fserver.py", "//etc/passwd", "/review.html"]
)
def test_only_the_files_of_the_page_are_there(browser: Browser, path: str) -> None:
    got = browser.send(path)
    assert got.status == 404
    assert json.loads(got.text)["error"].startswith("there is nothing at")


def test_scripts_and_styles_are_served_as_such(browser: Browser) -> None:
    assert browser.send("/review.js").headers["Content-Type"].startswith("text/javascript")
    assert browser.send("/base.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("name", sorted(static_files()))
def test_no_page_names_another_address(name: str) -> None:
    text = static_files()[name].decode()
    for found in ("http://", "https://", "//cdn", "@import", "eval(", "javascript:"):
        assert found not in text.replace("http://www.w3.org/", ""), found


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        ('{"number": "two"}', {}, "number: is no whole number. Give one."),
        ("[2]", {}, "not a JSON object"),
        ("{", {}, "not JSON"),
        ("[" * 100_000, {}, "not JSON"),
        ('{"number": 2}', {"Content-Type": "text/plain"}, "application/json"),  # what a form on another page can send
        (" " * 10_000_001, {}, "at most"),
    ],
)
def test_what_cannot_be_answered_is_said(browser: Browser, body: str, headers: dict[str, str], words: str) -> None:
    got = browser.send("/api/double", body=body, headers=headers)
    assert got.status == 400
    assert words in json.loads(got.text)["error"]


def test_a_bug_is_said_to_be_one(browser: Browser) -> None:
    got = browser.send("/api/broken")
    assert got.status == 500
    assert json.loads(got.text)["error"].startswith("this is a bug: RuntimeError: nobody foresaw this")
    assert browser.send("/api/hello").status == 200


def test_a_full_disk_is_no_bug(browser: Browser) -> None:
    got = browser.send("/api/full")
    assert got.status == 400
    assert json.loads(got.text)["error"].startswith(
        "crops/1.png: cannot be written (No space left on device). Make room"
    )


def test_it_listens_on_this_machine_alone(server: PageServer) -> None:
    assert server.url.startswith(f"http://127.0.0.1:{server.port}/?token=")
    with pytest.raises(OSError, match=r"refused|reach|timed"):
        socket.create_connection(("127.0.0.2", server.port), timeout=2)  # a server on all addresses would answer


def test_a_taken_port_is_named(server: PageServer) -> None:
    with pytest.raises(UsageError, match=f"port {server.port} cannot be used"):
        PageServer("review", [], port=server.port)


def test_every_server_has_a_token_of_its_own(server: PageServer) -> None:
    other = PageServer("review", [])
    assert len({server.url.partition("=")[2], other.url.partition("=")[2]}) == 2
    threading.Timer(0.2, other.stop).start()
    other.run()


PROGRAM = """
import sys
from formreader.web.server import serve
try:
    serve("review", [], tell=lambda text: print(text, file=sys.stderr, flush=True), open_browser=False)
    print("quit")
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], text=True, env=environment, **pipes) as process:  # type: ignore[call-overload]
        yield process
        process.kill()


def test_ctrl_c_ends_it_at_once_also_with_a_page_open(program: subprocess.Popen[str]) -> None:
    assert program.stderr
    url = program.stderr.readline().strip()
    with socket.create_connection(("127.0.0.1", int(url.split(":")[2].partition("/")[0])), timeout=60):
        time.sleep(0.3)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=LONG)
    assert out == "interrupted\n"
    assert "Traceback" not in err


def test_the_page_can_end_it(server: PageServer, browser: Browser) -> None:
    assert browser.send("/api/quit", body="{}").status == 200
    wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", server.port)) != 0)


def test_who_waits_for_an_answer_gets_it_though_it_ends(
    server: PageServer, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Writing a large review takes long. It was cut off after two seconds, with a traceback in the terminal."""
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(browser.send, "/api/slow")
        time.sleep(0.5)
        server.stop()
        assert json.loads(waiting.result().text) == {"after": "a while"}
    assert not caplog.records
