"""Notebooks that somebody opens: what they find, what they show, and how they end where there is nothing to show."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import shipped
from survey_report.cell_skipping import run_cells
from survey_report.checkout import command, find_checkout, find_export, find_study, stands
from survey_report.errors import Told, UserError
from survey_report.execution import record_runs, runs_of
from survey_report.handover import BUILD, STUDIES, study_digest
from survey_report.hypertext import as_html, shown
from survey_report.marks import Style
from survey_report.notebook import PRIVATE, Desk, open_desk
from survey_report.reading import read_reading, write_reading
from survey_report.sources import notebook_imports
from survey_report.study import Study

NOTEBOOKS = sorted(path.stem for path in (shipped.ROOT / "notebooks").glob("*.ipynb"))
# What would be seen of Pandoc's Markdown, of shortcodes, or of placeholders.
MARKUP = re.compile(r"\]\{|\{\.|:::|\{\{<|\]\(|\*\*|\{\w+\}|data-key")
ENDS = {"waves": "one wave", "wave-groups": "one wave", "weighting": "no margins"}
NOT_BUILT = {"register": "make findings", "key-figures": "make findings", "provenance": "make findings",
             "profile": "make profiles", "profiles": "make profiles"}  # fmt: skip


def hand_desk(**changes: Any) -> Desk:
    rendering = shipped.rendering()
    return Desk(replace(rendering, **changes), Style("csrr-2023", True), Path("nowhere"), by_hand=True)


class Seen(HTMLParser):
    """What HTML shows: its text, names of elements, links, and the text under each title."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.names, self.links, self.titles = "", set[str](), list[str](), dict[str, str]()
        self.title = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.names.add(tag)
        told = dict(attrs)
        if tag == "a":
            self.links.append(str(told["href"]))
        self.title = str(told.get("title") or self.title)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag == "span":
            self.title = ""

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text += data
        if self.title:
            self.titles[data] = self.title


# What is shown.


def test_numbers_carry_their_kind_in_a_tooltip_and_links_lead_somewhere() -> None:
    text = (
        '- [*3.4*]{.invented data-key="a"}, [76%](/report/s/register.qmd#a){.reproduced data-key="a"}, '
        "[here](#a-1), [there](#nowhere), [web](https://example.org/), [x](javascript:alert(1)), [r]{#a-1 .figure-id}\n"
    )
    seen = Seen(as_html(text))
    assert seen.titles == {"3.4": "invented", "76%": "reproduces a published figure"}
    assert seen.links == ["#a-1", "https://example.org/"]
    assert seen.text.split() == ["3.4,", "76%,", "here,", "there,", "web,", "x,", "r"]
    assert "<em>3.4</em>" in as_html(text)


def test_raw_html_is_not_shown() -> None:
    assert Seen(as_html("a <img src=x onerror=alert(1)>b\n\n<script>alert(1)</script>\n")).names == {"p"}


def test_a_table_is_a_table_with_its_caption() -> None:
    data = {"text/markdown": "| A | B |\n|:--|--:|\n| x | [*1*]{.invented} |\n", "text/plain": "t"}
    found = shown(data, {"caption": "<b> & *c*"})
    seen = Seen(found["text/html"])
    assert {"table", "th", "td", "figcaption"} <= seen.names
    assert "b" not in seen.names
    assert "<b> & *c*" in seen.text
    assert found.keys() == {"text/html", "text/plain"}


def test_a_figure_has_its_caption_and_alt_text() -> None:
    found = shown({"image/svg+xml": "<svg/>", "text/plain": "x"}, {"caption": "A & B", "alt": 'It says "no"'})
    assert found.keys() == {"text/html", "text/plain"}
    assert 'alt="It says &quot;no&quot;"' in found["text/html"]
    assert "A &amp; B" in found["text/html"]


def test_the_build_gives_markdown_and_a_title_is_text() -> None:
    desk = replace(hand_desk(), by_hand=False)
    title = desk.title("A *b* {{< var c >}}")
    assert title is not None
    assert title.data["text/markdown"].startswith(r"# A \*b\* \{\{\< var c \>\}\}")
    assert "text/html" not in title.data
    by_hand = hand_desk().title("A *b* {{< var c >}}")
    assert by_hand is not None
    assert "A *b* {{&lt; var c &gt;}}" in by_hand.data["text/html"]
    assert by_hand.carried == {}


# What is found.


def test_the_checkout_is_found_upwards(tmp_path: Path) -> None:
    for name in ("studies/s", "notebooks/deep"):
        (tmp_path / name).mkdir(parents=True)
    assert find_checkout(tmp_path) == find_checkout(tmp_path / "notebooks" / "deep") == tmp_path
    with pytest.raises(Told, match="lies in no checkout"):
        find_checkout(Path("/"))
    (tmp_path / "studies/s/study.yml").touch()
    assert find_study(tmp_path, "s") == tmp_path / "studies" / "s"
    for name in ("nosuch", "../studies/s", ""):
        with pytest.raises(Told, match="there are: s") as caught:
            find_study(tmp_path, name)
        assert "\n" not in str(caught.value)


def test_an_export_is_named_from_here_or_from_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notebooks").mkdir()
    for name in ("a.csv", "notebooks/b.csv"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert find_export(tmp_path, "a.csv") == tmp_path / "a.csv"
    assert find_export(tmp_path, "b.csv") == tmp_path / "notebooks" / "b.csv"
    with pytest.raises(Told, match=r"no export c\.csv"):
        find_export(tmp_path, "c.csv")


def test_what_to_type_names_study_and_export() -> None:
    assert command("findings", "csrr-2023") == "make findings"
    assert command("profiles", "s", Path("/a b.csv")) == 'make profiles STUDY=s EXPORT="/a b.csv"'


def test_what_was_read_from_something_else_does_not_stand(tmp_path: Path) -> None:
    build, export = tmp_path / "build", tmp_path / "export.csv"
    export.write_text("a", encoding="utf-8")
    (build / "private").mkdir(parents=True)
    for name in ("responses.parquet", "private/protected.parquet"):
        (build / name).write_text("b", encoding="utf-8")
    assert not stands(shipped.STUDY, export, build)
    whole = replace(
        shipped.rendering().reading,
        export_digest="ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        responses_digest="3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
        study_digest=study_digest(shipped.STUDY),
    )
    for field in ("export_digest", "responses_digest", "study_digest"):
        write_reading(replace(whole, **{field: "0"}), build)
        assert not stands(shipped.STUDY, export, build), field
    write_reading(whole, build)
    assert read_reading(build) == whole
    assert stands(shipped.STUDY, export, build)
    (build / "private/protected.parquet").unlink()
    assert not stands(shipped.STUDY, export, build)


def test_in_the_build_the_runner_says_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUILD, str(tmp_path))
    monkeypatch.setenv(STUDIES, str(shipped.STUDY.parent))
    with pytest.raises(FileNotFoundError):
        open_desk(shipped.STUDY.name)
    assert list(tmp_path.iterdir()) == [], "the build was read by a notebook"


# How it ends.


def test_what_a_study_lacks_is_said_once_and_cells_of_the_desk_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from IPython.core.getipython import get_ipython
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.io import capture_output

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell.instance()
    try:
        shell.user_ns["open_desk"] = hand_desk
        with capture_output() as said:
            for cell in ("desk = open_desk()\ndesk.needs('published', 'margins')", "found = desk.nosuch", "other = 1"):
                assert shell.run_cell(cell).success
        assert said.stdout.count("\n") == 1
        assert "csrr-2023 names no margins" in said.stdout
        assert "found" not in shell.user_ns
        assert shell.user_ns["other"] == 1
        run_cells()  # as opening a desk does
        assert shell.run_cell("found = desk.notice").success
        assert "found" in shell.user_ns
    finally:
        InteractiveShell.clear_instance()
    assert get_ipython() is None
    with pytest.raises(Told, match="names no margins"):
        replace(hand_desk(), by_hand=False).needs("margins")
    with pytest.raises(Told, match="one wave alone"):
        replace(hand_desk(), by_hand=False).needs("waves")


def test_a_name_that_does_not_exist_is_answered_with_those_that_do(study: Study) -> None:
    desk = hand_desk()
    for choose, known in (
        (desk.scale, [scale.id for scale in study.scales]),
        (desk.levels, ["integration"]),
        (desk.listed, ["local_authority"]),
        (desk.section, ["services"]),
    ):
        assert choose("") == known[0]
        assert choose(known[-1]) == known[-1]
        with pytest.raises(Told) as caught:
            choose("nosuch")
        assert set(known) <= set(re.findall(r"[\w-]+", str(caught.value)))
        assert caught.value._render_traceback_() == [str(caught.value)]
    assert UserError([])._render_traceback_() == [""]


def test_a_result_that_is_not_built_names_its_command() -> None:
    with pytest.raises(Told, match="run `make findings`"):
        hand_desk().built("results.json")


def test_rows_of_respondents_are_for_those_who_open_a_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    desk = hand_desk()
    rows = desk.respondents()
    assert PRIVATE in capsys.readouterr().out
    pd.testing.assert_frame_equal(rows, desk.rendering.respondents)
    with pytest.raises(Told):
        replace(desk, by_hand=False).respondents()


READERS = ("exports", "export_check", "cleaning", "mapping", "responses", "drafting", "own_survey", "stitch",
           "synthesis", "qualitative.coded_reading", "qualitative.reading", "qualitative.refi_qda", "cli",
           "execution")  # fmt: skip


def test_notebooks_import_nothing_that_reads_exports() -> None:
    names = sorted({name for book in NOTEBOOKS for name in notebook_imports(shipped.ROOT / f"notebooks/{book}.ipynb")})
    code = "import contextlib, importlib, sys\n"
    code += f"for name in {names!r}:\n with contextlib.suppress(ImportError): importlib.import_module(name)\n"
    code += "import survey_report.hypertext\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix("survey_report.") for name in done.stdout.split() if name.startswith("survey_report.")}
    assert {"notebook", "findings.theme", "qualitative.coded"} <= loaded
    assert [name for name in loaded if name in READERS or name.startswith(tuple(f"{one}." for one in READERS))] == []


# All of them, in cold kernels.


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which nothing is built."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("studies", "notebooks"):
        shutil.copytree(shipped.ROOT / name, root / name, ignore=shutil.ignore_patterns("own", "*.out.ipynb"))
    return root


def environment() -> dict[str, str]:
    """That of a shell, without what a build sets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_REPORT_")}
    return {**kept, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def papermill(root: Path, folder: str, name: str, *parameters: str) -> tuple[int, list[dict[str, Any]], str]:
    """Papermill's command, started in a folder of the checkout: exit code, outputs, what it said."""
    out = root / f"{folder or 'root'}-{name}.out.ipynb"
    source = Path("notebooks" if not folder else "", f"{name}.ipynb")
    arguments = [str(source), str(out), "--no-progress-bar", *parameters]
    done = subprocess.run(
        [sys.executable, "-m", "papermill", *arguments],
        cwd=root / folder, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    cells = json.loads(out.read_text(encoding="utf-8"))["cells"] if out.is_file() else []
    return done.returncode, [output for cell in cells for output in cell.get("outputs", ())], done.stderr


def texts(outputs: list[dict[str, Any]]) -> list[str]:
    """What outputs show, as text."""
    found = []
    for output in outputs:
        found.append("".join(output.get("text", "")))
        for kind, content in output.get("data", {}).items():
            found.append(Seen("".join(content)).text if kind == "text/html" else "".join(content))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["", "notebooks"])
def test_every_notebook_runs_from_top_to_bottom(copy: Path, folder: str) -> None:
    papermill(copy, folder, "theme", "-p", "scale", "nosuch")  # reads the export, which the others then find
    with ThreadPoolExecutor(2) as pool:
        done = dict(zip(NOTEBOOKS, pool.map(lambda name: papermill(copy, folder, name), NOTEBOOKS), strict=True))
    for name, (code, outputs, said) in done.items():
        errors = [output for output in outputs if output["output_type"] == "error"]
        if name in NOT_BUILT:
            assert code, name
            (error,) = errors
            assert error["traceback"] == [error["evalue"]]
            assert NOT_BUILT[name] in error["evalue"]
            continue
        assert code == 0, said[-2000:]
        assert errors == []
        assert not any(output.get("name") == "stderr" for output in outputs), name
        for text in texts(outputs):
            assert not MARKUP.search(text), (name, MARKUP.search(text))
        if name in ENDS:
            (said_once,) = [text for text in texts(outputs) if text]
            assert ENDS[name] in said_once
            continue
        kinds = [kind for output in outputs for kind in output.get("data", {})]
        assert "text/html" in kinds
        assert not {"text/markdown", "image/svg+xml"} & set(kinds)
        everything = "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
        assert "<table" in everything
        assert ("<img alt=" in everything) == (name in ("theme", "integration", "qualitative"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (("-p", "scale", "nosuch"), "there are: services, multi-agency"),
        (("-p", "study", "nosuch"), "there are: csrr-2023, integration-2015"),
    ],
)
def test_a_wrong_parameter_ends_with_one_sentence(copy: Path, parameters: tuple[str, ...], words: str) -> None:
    code, outputs, _ = papermill(copy, "", "theme", *parameters)
    assert code
    (error,) = [output for output in outputs if output["output_type"] == "error"]
    assert error["traceback"] == [error["evalue"]]
    assert words in error["evalue"]


@pytest.mark.slow
def test_another_study_and_nbconvert(copy: Path) -> None:
    code, outputs, said = papermill(copy, "", "theme", "-p", "study", "integration-2015")
    assert code == 0, said[-2000:]
    assert any("<table" in "".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    if not shutil.which("jupyter-nbconvert", path=str(Path(sys.executable).parent)):
        pytest.skip("nbconvert is not installed: `make lab` installs it")
    arguments = ["--to", "notebook", "--execute", "notebooks/theme.ipynb", "--output-dir", "converted"]
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", *arguments],
        cwd=copy, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "<table" in (copy / "converted" / "theme.ipynb").read_text(encoding="utf-8")


def needed_by(source: str) -> set[str]:
    """What a notebook says that it needs."""
    return {need for call in re.findall(r"desk\.needs\((.*?)\)", source) for need in re.findall(r"\w+", call)}


def test_every_need_is_one_that_some_notebook_has(study: Study) -> None:
    """Notebooks that the build runs for a study are those whose needs it meets."""
    from survey_report.sections import NEEDS, has

    text = "".join((shipped.ROOT / f"notebooks/{name}.ipynb").read_text(encoding="utf-8") for name in NOTEBOOKS)
    assert needed_by(text) == {*NEEDS, "waves"}
    for run in (*runs_of(study), *record_runs(study)):
        source = (shipped.ROOT / f"notebooks/{run.notebook}.ipynb").read_text(encoding="utf-8")
        assert all(has(study, need) for need in needed_by(source)), run.name
