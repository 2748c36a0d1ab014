"""IPython's kernel in this process, without sockets: what it publishes is put into a queue instead of on the wire.

Everything else is the kernel application that `jupyter` starts: its shell, display hooks, streams, configuration and
start-up, so that a notebook cannot tell the difference. Messages are serialised and read back as they would be over
sockets, but for signatures and dates, which nobody looks at here.

`prepare_kernel` makes what processes can share before they are forked, `begin` what belongs to one of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
from queue import Empty, SimpleQueue
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_core.utils import run_sync
from tornado.ioloop import IOLoop

# Where a fresh interpreter looks for modules. This module is imported first in the process that is forked; what its
# forks are given is the path of the process that asked for them.
PATH = tuple(place for place in sys.path if place)
LAUNCHER = "ipykernel_launcher.py"
CLIENT = b"client"
PARTS = ("header", "parent_header", "metadata", "content")  # of a message, after its signature
PAUSE = 0.0005


class Wire:
    """What stands in for a socket: keeps the messages that are sent to it."""

    def __init__(self) -> None:
        self.context = zmq.Context()
        self.sent: SimpleQueue[list[bytes]] = SimpleQueue()

    def send_multipart(self, parts: list[Any], *_: Any, **__: Any) -> None:
        """Keep a message."""
        self.sent.put([bytes(part) for part in parts])

    def flush(self, *_: Any) -> None:
        """Nothing waits to be sent."""

    def close(self) -> None:
        """Nothing to close."""


class _Manager:
    """What the kernel asks of its thread for shell messages: where replies go, and to stop after an error."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def get_subshell_to_shell_channel_socket(self, _: str | None) -> Wire:
        """The wire; there is one shell only."""
        return self.wire


class _ShellThread:
    """Stands for the thread that would read shell messages from a socket: here this thread hands them over."""

    def __init__(self, wire: Wire) -> None:
        self.parent_thread = threading.current_thread()
        self.manager = _Manager(wire)
        self.io_loop = self

    def add_callback(self, *_: Any) -> None:
        """No requests wait in a queue that would have to be given up after an error."""


class Kernel(IPythonKernel):
    """The kernel of the application below."""

    def begin(self, iopub_thread: IOPubThread, replies: Wire) -> None:
        """Publish through a thread, and reply to a wire instead of to sockets."""
        self.iopub_thread, self.iopub_socket = iopub_thread, iopub_thread.background_socket
        self.io_loop = IOLoop.current()
        self.shell_channel_thread = _ShellThread(replies)
        shell: Any = self.shell
        shell.displayhook.pub_socket = shell.display_pub.pub_socket = self.iopub_socket
        shell.init_sys_modules()
        shell.init_environment()


class KernelApp(IPKernelApp):
    """The kernel application without connection file, sockets, heartbeat and watch over a parent."""

    def init_connection_file(self) -> None:
        """Nobody connects."""

    def write_connection_file(self, **_: Any) -> None:
        """Nobody connects."""

    def log_connection_info(self) -> None:
        """Nobody connects."""

    def init_poller(self) -> None:
        """Whoever forks this process watches over it."""

    def init_heartbeat(self) -> None:
        """A process that died is noticed by the end of its pipe."""

    def init_sockets(self) -> None:
        """Come with `begin`: no forked process can share them."""

    def init_io(self) -> None:
        """Comes with `begin`, too."""

    def init_kernel(self) -> None:
        """The kernel itself, with shell and display hooks."""
        self.kernel = Kernel.instance(
            parent=self,
            session=self.session,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
            _execute_sleep=0.0,  # before each reply, for sockets that are slower than others
        )

    def begin(self) -> None:
        """All that belongs to one process: its path, environment, streams, signals, and whom it answers."""
        sys.path[:], sys.argv[:] = PATH, [LAUNCHER]
        self.init_path()  # type: ignore[no-untyped-call]
        sys.excepthook = self.excepthook
        self.session.pid, self.session.key = os.getpid(), b""  # nobody else could put a message in
        # A queue for what is published, one for replies.
        self.published, self.replies = Wire(), Wire()
        self.configure_tornado_logger()  # type: ignore[no-untyped-call]
        self.iopub_thread = IOPubThread(self.published, session=self.session)  # type: ignore[no-untyped-call]
        self.iopub_socket = self.iopub_thread.background_socket
        super().init_io()  # type: ignore[no-untyped-call]
        self.init_signal()  # type: ignore[no-untyped-call]
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
        self.kernel.begin(self.iopub_thread, self.replies)
        self.init_gui_pylab()  # type: ignore[no-untyped-call]


class Stream(OutStream):
    """Standard output or error. The thread that sends what waits in it starts with the first word that is written:
    most notebooks print nothing, and without the thread everything is sent at once."""

    starting = threading.Lock()

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write, which may be done by any thread."""
        with self.starting:
            if self.pub_thread is not None and not self.pub_thread.thread.is_alive():
                self.pub_thread.start()
        return super().write(string)


class Channel:
    """Messages of a wire, read as a client reads them."""

    def __init__(self, wire: Wire, session: Any) -> None:
        self.wire, self.session = wire, session

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message; raises Empty if there is none within `timeout` seconds (None waits for ever)."""
        clock = asyncio.get_running_loop().time
        until = None if timeout is None else clock() + timeout
        while True:
            try:
                parts = self.wire.sent.get_nowait()
            except Empty:
                if until is not None and clock() >= until:
                    raise
                await asyncio.sleep(PAUSE)
                continue
            _, (_, *rest) = self.session.feed_identities(parts)
            message = dict(zip(PARTS, map(json.loads, rest), strict=False))
            about = {name: message["header"][name] for name in ("msg_id", "msg_type")}
            return {**message, **about, "buffers": rest[len(PARTS) :]}


class Client:
    """What nbclient asks of the client of a kernel, for the kernel in this process."""

    allow_stdin = False

    def __init__(self, app: KernelApp) -> None:
        self.app, self.session = app, app.session
        self.shell_channel = Channel(app.replies, self.session)
        self.iopub_channel = Channel(app.published, self.session)

    async def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run a cell to its end; returns the id of the request, to which replies and outputs refer."""
        content = {"code": code, "silent": False, "store_history": store_history, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": stop_on_error}  # fmt: skip
        return await self._request("execute_request", content)

    def kernel_info(self) -> str:
        """Ask what the kernel is; returns the id of the request. Papermill calls this outside any event loop."""
        return str(run_sync(self._request)("kernel_info_request", {}))

    async def _request(self, kind: str, content: dict[str, Any]) -> str:
        request = self.session.msg(kind, content)
        parts = self.session.serialize(request, ident=CLIENT)
        await self.app.kernel.dispatch_shell([zmq.Message(part) for part in parts])
        return str(request["header"]["msg_id"])

    async def is_alive(self) -> bool:
        """It is this process."""
        return True


def prepare_kernel() -> None:
    """Make the kernel that `start_kernel` begins, once a process; the process itself is left as it is."""
    path, hook, main = [*sys.path], sys.excepthook, sys.modules["__main__"]
    app = KernelApp.instance(log_level=logging.CRITICAL, outstream_class=f"{Stream.__module__}.{Stream.__name__}")
    app.initialize(["--HistoryManager.enabled=False"])  # type: ignore[no-untyped-call]
    sys.path[:], sys.excepthook, sys.modules["__main__"] = path, hook, main


def start_kernel() -> Client:
    """Make this process a kernel, the one that was prepared before it was forked; once a process."""
    if not KernelApp.initialized():
        prepare_kernel()
    app = KernelApp.instance()
    app.begin()
    return Client(app)
