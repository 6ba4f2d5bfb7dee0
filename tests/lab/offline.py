"""The `sitecustomize` of the test server and of its kernels: no process of theirs reaches another machine.

Every attempt is refused and written down, one line each, in the file that INVESTIGATE_TEST_REQUESTS names.
Copied to the server's own folder as `sitecustomize.py`; not imported by the tests.
"""

from __future__ import annotations

import os
import sys

LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def refuse(event: str, arguments: tuple) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not host or str(host).startswith(LOCAL):
        return
    with open(os.environ["INVESTIGATE_TEST_REQUESTS"], "a", encoding="utf-8") as out:
        print(f"{event} {host}", file=out)
    raise ConnectionRefusedError(f"the tests let nothing leave this machine: {host}")


if os.environ.get("INVESTIGATE_TEST_REQUESTS"):
    sys.addaudithook(refuse)
