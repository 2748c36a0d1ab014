"""Forked processes: fresh each, ended each, whatever happens to them or to the process that asked for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import calls
import pytest

from survey_report.kernels.forking import Died, can_fork, each_forked

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork processes")
PATIENCE = 60.0


def test_results_come_with_their_tasks() -> None:
    outcomes = list(each_forked(calls.double, range(7), 3))
    assert sorted((outcome.task, outcome.result) for outcome in outcomes) == [(n, 2 * n) for n in range(7)]
    assert {outcome.error for outcome in outcomes} == {None}


@pytest.mark.slow
def test_nothing_is_left_from_one_call_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even random numbers; the environment is that of the moment."""
    seen = set()
    for word in ("one", "two"):
        monkeypatch.setenv("SURVEY_REPORT_TEST", word)
        (outcome,) = each_forked(calls.keep, [word], 1)
        assert outcome.result is not None
        assert outcome.result[:2] == ([word], word)
        seen.add(outcome.result[2])
    assert len(seen) == 2
    drawn = [outcome.result for outcome in each_forked(calls.chance, range(4), 2)]
    assert len({first for first, _ in drawn}) == len({second for _, second in drawn}) == 4


def test_what_is_raised_comes_back_and_costs_the_others_nothing() -> None:
    (outcome,) = each_forked(calls.fail, ["no such answer"], 1)
    assert isinstance(outcome.error, ValueError)
    assert str(outcome.error) == "no such answer"
    (outcome,) = each_forked(calls.fail_strangely, [""], 1)
    assert isinstance(outcome.error, RuntimeError)
    assert str(outcome.error).startswith("Local: ")


@pytest.mark.parametrize("how", ["exit", "kill"])
def test_a_process_that_dies_is_told(how: str) -> None:
    (outcome,) = each_forked(calls.die, [how], 1)
    assert isinstance(outcome.error, Died)
    (outcome,) = each_forked(calls.double, [4], 1)  # type: ignore[assignment]
    assert outcome.result == 8


@pytest.mark.slow
def test_the_process_that_is_forked_has_one_thread_and_each_fork_a_group_of_its_own() -> None:
    found = [outcome.result for outcome in each_forked(calls.surroundings, range(2), 2)]
    for threads, leads, terminal, path, _ in found:
        assert (threads, leads, terminal) == (1, True, False)
        assert path == sys.path
    assert len({parent for *_, parent in found}) == 1


@pytest.mark.slow
def test_what_takes_long_is_there_when_a_process_is_forked() -> None:
    (outcome,) = each_forked(calls.what_is_there, [0], 1)
    assert outcome.error is None, outcome.error
    assert outcome.result
    assert all(outcome.result.values()), outcome.result


def gone(pids: set[int]) -> bool:
    """Whether none of these processes is there any more, but for those that only wait to be noticed."""
    for _ in range(int(PATIENCE / 0.05)):
        left = []
        for pid in pids:
            try:
                state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            except OSError:
                continue
            left += [pid] if state not in "ZX" else []
        if not left:
            return True
        time.sleep(0.05)
    return False


def noted(folder: Path, count: int) -> set[int]:
    """Process ids that `count` calls noted."""
    for _ in range(int(PATIENCE / 0.05)):
        files = list(folder.glob("*.pids"))
        if len(files) == count:
            return {int(pid) for file in files for pid in file.read_text(encoding="utf-8").split()}
        time.sleep(0.05)
    raise AssertionError("the calls did not start")


@pytest.mark.slow
def test_who_stops_early_leaves_no_process(tmp_path: Path) -> None:
    outcomes = each_forked(calls.wait_with_children, [str(tmp_path)], 1)
    with pytest.raises(KeyboardInterrupt):
        interrupted(outcomes, tmp_path)
    server = int(next(iter(tmp_path.glob("*.pids"))).read_text(encoding="utf-8").split()[2])
    assert gone(noted(tmp_path, 1) - {server})


def interrupted(outcomes: object, folder: Path) -> None:
    """Ask for an outcome, and be interrupted once the call has started."""
    import threading

    def interrupt() -> None:
        noted(folder, 1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    next(outcomes)  # type: ignore[call-overload]


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda sent: sent.name)
def test_no_process_outlives_the_one_that_asked(sent: signal.Signals, tmp_path: Path) -> None:
    """The forked ones, what they started, and the one that is forked: all end, whichever way the first one does."""
    script = f"import calls; calls.wait_in_two([{str(tmp_path)!r}] * 2)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.DEVNULL) as process:
        pids = noted(tmp_path, 2)
        assert len(pids) == 5
        process.send_signal(sent)
        process.wait(PATIENCE)
    assert gone(pids)
