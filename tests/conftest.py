"""The checkout, its study and its export, and one built site, for tests of every part."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import hypothesis
import pytest

from pages.checkout import build, copy_checkout
from sharing import Sharing, state
from survey_report.study import Study
from survey_report.study_load import load_study

Records = list[list[str]]
WriteExport = Callable[..., Path]


# How long examples take to make and to try is the machine's affair.
hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Sharing(config), "sharing")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One file that looks at the built site goes first, the others last: while one process builds, the rest test."""
    looking = [item.path for item in items if "built" in getattr(item, "fixturenames", ())]
    items.sort(key=lambda item: 1 if item.path not in looking else 0 if item.path == looking[0] else 2)
    for item in items:
        if item.get_closest_marker("heavy"):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def study(root: Path) -> Study:
    """The shipped study."""
    return load_study(root / "studies" / "csrr-2023")


@pytest.fixture(scope="session")
def export_rows(study: Study) -> Records:
    """Every record of the shipped export, the three header rows first. Not to be changed in place."""
    with (study.folder / study.export.file).open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle, strict=True))


@pytest.fixture
def write_export(tmp_path: Path) -> WriteExport:
    """Write records as a CSV file of a name; returns its path."""

    def write(records: Iterable[Sequence[str]], name: str = "export.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(records)
        return path

    return write


def _build(folder: Path) -> None:
    done = build(copy_checkout(folder / "checkout"))
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="session")
def built(pytestconfig: pytest.Config) -> Iterator[Path]:
    """A copy of the checkout after one build, for all tests that look at it; who changes one takes `built_copy`."""
    sharing: Sharing = pytestconfig.pluginmanager.get_plugin("sharing")
    folder = sharing.once("built", _build) / "checkout"
    before = state(folder)
    yield folder
    assert state(folder) == before, "a test changed the site that all tests look at"


@pytest.fixture
def built_copy(built: Path, tmp_path: Path) -> Path:
    """A copy of the built checkout, to be changed."""
    return Path(shutil.copytree(built, tmp_path / "checkout"))
