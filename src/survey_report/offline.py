"""What keeps a program from the network: proxies that lead nowhere. Nothing leaves the machine in a build."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

NOWHERE = "http://127.0.0.1:9"  # the port that discards: nothing listens there
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY")
NAMES = (*PROXIES, *(name.lower() for name in PROXIES))
WITHOUT = ("NO_PROXY", "no_proxy")


def offline() -> dict[str, str]:
    """The environment of a program that may not reach the network."""
    kept = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    return kept | dict.fromkeys(NAMES, NOWHERE)


@contextmanager
def without_network() -> Iterator[None]:
    """This process as such a program, as far as its libraries heed proxies."""
    before = dict(os.environ)
    os.environ.update(offline())
    for name in WITHOUT:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name in (*NAMES, *WITHOUT):
            os.environ.pop(name, None)
            if name in before:
                os.environ[name] = before[name]
