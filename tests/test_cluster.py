"""Profiles that are shared out to jobs come out as those of one machine, byte by byte, on a real Slurm as well."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import shipped
from pages.checkout import copy_checkout, digests
from slurm_node import Slurm, missing, one_node, processes

PROFILE = "cluster/slurm"
QUIET = ("--quiet", "progress", "host", "reason")  # as the Makefile has it
MADE = "_build/csrr-2023/profiles"
pytestmark = pytest.mark.heavy


def small_checkout(target: Path) -> Path:
    """A checkout of which only the sectors have profiles; one of them is too small, and all are compared by name."""
    copy_checkout(target)
    shutil.copytree(shipped.ROOT / "cluster", target / "cluster")
    path = target / "studies" / "csrr-2023" / "study.yml"
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["profiles"], study["thresholds"]["min_group"] = ["sector"], 12
    path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    return target


def snakemake(
    folder: Path, target: str, *options: str, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Make something in a checkout, with the interpreter of the tests under a name without spaces.

    Snakemake writes its name into the scripts of jobs as it is.
    """
    link = folder.parent / "venv"
    if not link.exists():
        link.symlink_to(sys.prefix)
    own = {
        "PATH": f"{link / 'bin'}{os.pathsep}{environment['PATH']}",
        "PYTHONPATH": str(folder / "src"),
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "SURVEY_REPORT_ENGINE": "embedded",
        "STUDY": "csrr-2023",
    }
    command = [str(link / "bin" / "python"), "-m", "snakemake", target, "--nolock", *options]
    return subprocess.run(
        command, cwd=folder, env={**environment, **own}, capture_output=True, text=True, check=False, timeout=900
    )


def results(folder: Path) -> dict[str, str]:
    """Digests of all that is made of profiles: the site, and what stands beside it but for pages that jobs left."""
    built = {
        name: digest for name, digest in digests(folder / MADE).items() if not name.startswith(("pages/", "stage"))
    }
    return digests(folder / "_site") | built


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with everything that comes before profiles."""
    folder = small_checkout(tmp_path_factory.mktemp("prepared") / "checkout")
    done = snakemake(folder, "protect", "--cores", "2", "--quiet", "all")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def alone(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Results of one command on one machine."""
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("alone") / "checkout")
    done = snakemake(folder, "profiles", "--cores", "2", "--quiet", "all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stand as they are" not in done.stdout
    assert not (folder / MADE / "pages").exists()
    found = results(folder)
    assert {f"profiles/sector/{name}.pdf" for name in ("public", "third", "private")} <= found.keys()
    return found


def test_batches_make_the_same_bytes(alone: dict[str, str], prepared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(prepared, tmp_path / "checkout")
    done = snakemake(folder, "profiles", "--cores", "4", "--quiet", "all", "--config", "batches=2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 notebooks stand as they are" in done.stdout
    assert "4 of 4 pages stand as they are" in done.stdout
    assert results(folder) == alone
    # A page that is not as its job left it is made again.
    left = folder / MADE / "pages" / "sector" / "public" / "sector" / "public.html"
    left.write_text("not the page", encoding="utf-8")
    done = snakemake(
        folder, "profiles", "--cores", "2", "--quiet", "all", "--config", "batches=2", "--forcerun", "profiles"
    )
    assert "3 of 4 pages stand as they are" in done.stdout, done.stdout + done.stderr
    assert results(folder) == alone


@pytest.fixture(scope="module")
def slurm() -> Iterator[Slurm]:
    absent = missing()
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)} (slurm-wlm, munge)")
    with one_node() as running:
        assert processes(running)
        yield running
    assert processes(running) == []


def own_profile(folder: Path, **changes: Any) -> str:
    """A copy of the workflow profile for this cluster, which has no accounting, in two batches."""
    path = folder / "cluster" / "own" / "config.yaml"
    shutil.copytree(folder / PROFILE, path.parent)
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config |= {"config": ["batches=2"], "slurm-status-command": "squeue"}
    config |= {"slurm-init-seconds-before-status-checks": 3, "retries": 0}
    config["default-resources"] |= changes
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return "cluster/own"


def test_jobs_of_a_cluster_make_the_same_bytes(
    alone: dict[str, str], prepared: Path, slurm: Slurm, tmp_path: Path
) -> None:
    folder = shutil.copytree(prepared, tmp_path / "checkout")
    before = len(slurm.completed())
    done = snakemake(
        folder, "profiles", *QUIET, "--workflow-profile", own_profile(folder), environment=slurm.environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    jobs = slurm.completed()[before:]
    assert [job["JobState"] for job in jobs] == ["COMPLETED"] * 2
    assert len({job["JobId"] for job in jobs}) == 2
    assert {job["WorkDir"] for job in jobs} == {str(folder)}
    submitted = re.findall(r"submitted with SLURM jobid (\d+)", done.stdout + done.stderr)
    assert sorted(submitted) == sorted(job["JobId"] for job in jobs)
    assert max(job["StartTime"] for job in jobs) < min(job["EndTime"] for job in jobs), "they ran one after the other"
    # The last step found everything made, and made nothing again.
    assert "3 of 3 notebooks stand as they are" in done.stdout
    assert "4 of 4 pages stand as they are" in done.stdout
    assert results(folder) == alone


def test_a_cluster_that_refuses_jobs_leaves_the_site_alone(prepared: Path, slurm: Slurm, tmp_path: Path) -> None:
    folder = shutil.copytree(prepared, tmp_path / "checkout")
    index = folder / "_site" / "profiles" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text("as it was", encoding="utf-8")
    before = len(slurm.completed())
    profile = own_profile(folder, slurm_partition="no-such-partition")
    done = snakemake(folder, "profiles", *QUIET, "--workflow-profile", profile, environment=slurm.environment)
    assert done.returncode == 1
    assert "invalid partition specified: no-such-partition" in done.stderr
    assert "Traceback" not in done.stderr
    assert slurm.completed()[before:] == []
    assert digests(folder / "_site") == {"profiles/index.html": digests(folder / "_site")["profiles/index.html"]}
    assert index.read_text(encoding="utf-8") == "as it was"
