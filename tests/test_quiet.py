"""stderr is closed while others write there what nobody needs, and open again behind them."""

import os
import time
from threading import Event, Thread

from formreader.quiet import stderr_closed


def test_two_threads_leave_stderr_as_it_was() -> None:
    before, inside, leave = os.fstat(2), Event(), Event()

    def first() -> None:
        with stderr_closed():
            inside.set()
            leave.wait(5)

    def second() -> None:
        with stderr_closed():
            time.sleep(0.2)

    threads = [Thread(target=first), Thread(target=second)]
    threads[0].start()
    inside.wait(5)
    threads[1].start()
    time.sleep(0.1)
    leave.set()
    for thread in threads:
        thread.join(5)
    assert (os.fstat(2).st_dev, os.fstat(2).st_ino) == (before.st_dev, before.st_ino)
