"""A real Slurm of one node on this machine, for as long as a test needs it: own ports, keys and folders, loopback only.

Nothing of a Slurm that the machine may have is touched: all daemons and commands are led to the files of this one by
`SLURM_CONF`. There is no accounting, so `sacct` knows nothing; the log of completed jobs does.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
COMMANDS = ("sbatch", "scancel", "scontrol", "sinfo", "squeue", "srun")
SECONDS = 60
CPUS = 4  # more than a machine may have: two jobs of two processors run at the same time
CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={node}(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge/socket
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmdParameters=config_overrides
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
MailProg=/bin/true
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/completed
NodeName={node} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=100000
PartitionName=all Nodes={node} Default=YES State=UP
"""


def find(name: str) -> str | None:
    """Where a program is, also where it is for administrators only."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/sbin")


def missing() -> list[str]:
    """Programs of Slurm and munge that this machine does not have."""
    return [name for name in (*DAEMONS, *COMMANDS) if find(name) is None]


@dataclass(frozen=True)
class Slurm:
    """A running Slurm: its folder, and what leads commands to it."""

    folder: Path
    environment: Mapping[str, str]

    def completed(self) -> list[dict[str, str]]:
        """What Slurm's own log says of each job that has ended, in their order: JobId, JobState, Name and more."""
        log = self.folder / "completed"
        lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
        return [dict(pair.partition("=")[::2] for pair in line.split()) for line in lines]

    def ask(self, *command: str) -> str:
        """What a command of Slurm prints."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True, timeout=SECONDS
        )
        return done.stdout


@contextmanager
def one_node() -> Iterator[Slurm]:
    """Start a Slurm of one node; it is stopped, and whatever its jobs left is killed, however the test ends."""
    with ExitStack() as stack:
        # Not below pytest's folders: the path of a socket must be short.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slurm-")))
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        slurm = Slurm(folder, os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path})
        stack.callback(_kill_left, slurm)
        _write(folder)
        munge = folder / "munge"
        files = [
            f"--{name}={munge / name.partition('-')[0]}" for name in ("socket", "pid-file", "log-file", "seed-file")
        ]
        stack.enter_context(_daemon(slurm, "munged", "--foreground", "--force", f"--key-file={munge / 'key'}", *files))
        _wait(lambda: (munge / "socket").exists(), slurm, "munged")
        stack.enter_context(_daemon(slurm, "slurmctld", "-D", "-c"))
        stack.enter_context(_daemon(slurm, "slurmd", "-D", "-N", _node()))
        stack.callback(_stop_jobs, slurm)
        _wait(lambda: slurm.ask("sinfo", "--noheader", "--format=%T").strip() == "idle", slurm, "the node")
        yield slurm


def _node() -> str:
    return socket.gethostname().partition(".")[0]


def _user() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def _write(folder: Path) -> None:
    for name in ("bin", "munge", "state", "spool"):
        (folder / name).mkdir(mode=0o700)
    key = folder / "munge" / "key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))
    text = CONFIGURATION.format(folder=folder, node=_node(), user=_user(), ports=_free_ports(2), cpus=CPUS)
    (folder / "slurm.conf").write_text(text, encoding="utf-8")
    # Within a job Snakemake's plugin calls `srun` without SLURM_CONF in its environment; this one has it.
    script = f"#!/bin/sh\nexport SLURM_CONF='{folder}/slurm.conf'\nexec '{find('srun')}' \"$@\"\n"
    (folder / "bin" / "srun").write_text(script, encoding="utf-8")
    (folder / "bin" / "srun").chmod(0o755)
    if _version() >= (23, 2):  # earlier ones look for control groups, which containers lack, only if told to use them
        (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n", encoding="utf-8")


def _version() -> tuple[int, int]:
    told = subprocess.run([str(find("slurmd")), "-V"], capture_output=True, text=True, check=True).stdout
    year, month = told.split()[-1].split(".")[:2]
    return int(year), int(month)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def _daemon(slurm: Slurm, name: str, *options: str) -> Iterator[None]:
    """A daemon in the foreground and in a session of its own, so that signals of the terminal leave it alone."""
    with (slurm.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(find(name)), *options],
            env=slurm.environment, cwd=slurm.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(SECONDS / 3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _stop_jobs(slurm: Slurm) -> None:
    """Cancel what still runs; kill, one by one, what is left of it."""
    with suppress(subprocess.SubprocessError, RuntimeError):  # they are killed below
        slurm.ask("scancel", f"--user={_user()}")
        _wait(lambda: not slurm.ask("squeue", "--noheader"), slurm, "the end of its jobs", SECONDS / 3)


def processes(slurm: Slurm) -> list[int]:
    """Processes that a Slurm started, its daemons and all of its jobs, by the variable that leads them to its files."""
    mark = f"SLURM_CONF={slurm.folder / 'slurm.conf'}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
    return found


def _kill_left(slurm: Slurm) -> None:
    """Give what was told to end the time for it, then kill it; what cannot be killed is left for the test to find."""
    start = time.monotonic()
    while (left := processes(slurm)) and time.monotonic() < start + SECONDS / 3:
        if time.monotonic() > start + SECONDS / 6:
            for one in left:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
        time.sleep(0.1)


def _wait(condition: Callable[[], bool], slurm: Slurm, what: str, seconds: float = SECONDS) -> None:
    """Wait until something is so. Raises RuntimeError with the ends of the daemons' logs."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(subprocess.CalledProcessError):  # nobody answers yet
            if condition():
                return
        if time.monotonic() > deadline:
            logs = "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(slurm.folder.glob("*.log")))
            raise RuntimeError(f"{what} did not come in {seconds:.0f} s\n{logs}")
        time.sleep(0.1)
