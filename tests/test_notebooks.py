"""Notebooks, from run to publication: what finishing fills in and takes out, what running refuses, and staging."""

from __future__ import annotations

import csv
import gc
import json
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

import shipped
import survey_report.stitch
from survey_report.errors import UserError
from survey_report.escaping import typeset
from survey_report.execution import ENVIRONMENT, Run, execute_all, record_runs, runs_of
from survey_report.files import write_json, write_text, write_yaml
from survey_report.finish import finish, notebook_json, stderr_of
from survey_report.handover import READING, RESPONSES, rendering_digest
from survey_report.marks import Style
from survey_report.notebook import BUILD, CARRIED, STUDIES, Desk, csv_text
from survey_report.qualitative.coded import FOLDER
from survey_report.responses import read_responses
from survey_report.results import METADATA, RECONCILIATION, RESULTS, VARIABLES
from survey_report.site.furnish import SCRIPTS
from survey_report.staging import SOURCES, add_profiles, check_names, stage, swap
from survey_report.stitch.pandoc import read
from survey_report.stitch.pandoc import run as pandoc
from survey_report.stitching import ENGINE, stitch
from survey_report.study import Study

Cell = dict[str, Any]
PARAMETERS = {"study": "s-1", "scale": "services"}


def code(source: str, outputs: list[Cell] | None = None, tags: list[str] | None = None) -> Cell:
    return {
        "cell_type": "code",
        "id": "b71c",
        "metadata": {"tags": tags or [], "papermill": {"start_time": "2023-08-28T10:00:00"}},
        "execution_count": 7,
        "source": source,
        "outputs": outputs or [],
    }


def markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "id": "0c", "metadata": {"papermill": {}}, "source": source}


def result(text: str, **carried: object) -> Cell:
    return {
        "output_type": "execute_result",
        "execution_count": 7,
        "data": {"text/plain": text},
        "metadata": {CARRIED: carried, "other": 1},
    }


def stream(name: str, text: str) -> Cell:
    return {"output_type": "stream", "name": name, "text": text}


def executed(*cells: Cell) -> Mapping[str, Any]:
    return {
        "cells": list(cells),
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"papermill": {"input_path": "in.ipynb", "duration": 1.5}, "kernelspec": {"name": "x"}},
    }


def options(source: str) -> dict[str, Any]:
    """The options of a cell, read as the stitchers read them."""
    lines = [line[3:] for line in source.split("\n") if line.startswith("#| ")]
    loaded = yaml.safe_load("\n".join(lines))
    assert isinstance(loaded, dict)
    return loaded


def finished_source(source: str, **carried: object) -> str:
    done = finish(executed(code(source, [result("x", **carried)])), PARAMETERS)
    return str(done.notebook["cells"][0]["source"])


def test_names_of_parameters_give_way_in_labels_only() -> None:
    source = '#| label: fig-scale-items\nprint(f"{scale}")\n#| label: scale'
    filled = finished_source(source, caption="How it was rated", alt="A chart")
    assert options(filled.split("\nprint")[0]) == {
        "label": "fig-services-items",
        "fig-cap": "How it was rated",
        "fig-alt": "A chart",
    }
    assert filled.endswith('\nprint(f"{scale}")\n#| label: scale')


@given(caption=st.text(min_size=1))
@settings(deadline=None)
@example(caption='It said "no": 5 % \\ {scale} # not a comment')
@example(caption="two\nlines\r\nand a\ttab")
@example(caption="- a list: [1, 2] & *anchor* !tag 'x'")
@example(caption="next line \x85 line \u2028 paragraph \u2029 delete \x7f")
@example(caption="\U0001f600 é \ufeff")
@example(caption="{alt}")
@example(caption="true")
def test_any_caption_is_one_yaml_string(caption: str) -> None:
    try:
        caption.encode()
    except UnicodeEncodeError:
        return  # half a character: no text file can hold it
    filled = finished_source("#| label: tbl-a\nx", caption=caption)
    assert len(filled.split("\n")) == 3
    assert options(filled) == {"label": "tbl-a", "tbl-cap": typeset(caption)}


@pytest.mark.parametrize(
    "caption",
    ["*A* _b_ `c` [d](e) {f}", "{{< var x >}} @work $1 \\ <b>", 'Welch\'s "test"', "~~a~~ H~2~O 2^2^ #b | c"],
)
def test_a_caption_is_text_and_no_markup(caption: str) -> None:
    """As Pandoc reads it: the same characters, with curved quotation marks, and nothing else."""
    written = options(finished_source("#| label: fig-a\nx", caption=caption, alt=""))["fig-cap"]
    (block,), _ = read(written)
    assert {node["t"] for node in block["c"]} <= {"Str", "Space", "Quoted"}
    plain = pandoc(["-f", "markdown", "-t", "plain", "--wrap=none"], written).text.strip()
    assert re.sub("[‘’]", "'", re.sub("[“”]", '"', plain)) == caption


def test_a_cell_keeps_a_caption_of_its_own() -> None:
    filled = finished_source("#| label: tbl-a\n#| tbl-cap: My own\nx", caption="Another")
    assert options(filled) == {"label": "tbl-a", "tbl-cap": "My own"}


def test_a_caption_ends_with_a_link_to_its_data() -> None:
    filled = finished_source("#| label: tbl-scale-a\nx", caption="Means", csv="a,b\n1,2\n")
    caption = options(filled)["tbl-cap"]
    assert caption.startswith("Means ")
    assert "/findings/downloads/tbl-services-a.csv)" in caption


def test_what_outputs_carry_is_taken_out() -> None:
    done = finish(
        executed(
            code("#| label: tbl-a\nx", [result("x", caption="A", csv="a\n1\n")]),
            code("n", [result("2 numbers", numbers={"a": {"value": 1}}, pairs=[{"a": "x"}])]),
            code("m", [result("1 number", numbers={"b": {"value": 2}}, pairs=[{"a": "y"}])]),
        ),
        PARAMETERS,
    )
    assert done.tables == {"tbl-a": "a\n1\n"}
    assert done.numbers == {"a": {"value": 1}, "b": {"value": 2}}
    assert done.pairs == ({"a": "x"}, {"a": "y"})
    assert CARRIED not in notebook_json(done.notebook)


def test_the_data_behind_a_figure_are_taken_out_too() -> None:
    drawn = result("x", caption="A", alt="A chart", csv="a\n1\n")
    assert finish(executed(code("#| label: fig-a\nx", [drawn])), PARAMETERS).tables == {"fig-a": "a\n1\n"}


def test_decimals_of_what_is_handed_on() -> None:
    frame = pd.DataFrame({"group": ["a", "b"], "mean": [2 / 3, 0.00005], "p": [1e-9, 0.9999], "mean_key": ["x", "y"]})
    assert csv_text(frame) == "group,mean,p\na,0.67,<0.001\nb,0.0,>0.999\n"
    desk = Desk(shipped.rendering(), Style("s-1", True))
    carried = desk.numbers({}, pd.DataFrame({"a": ["x"], "p": [0.0123456789]})).carried
    assert carried == {"numbers": {}, "pairs": [{"a": "x", "p": 0.012346}], "orders": []}


def test_traces_of_the_run_are_gone() -> None:
    noisy = executed(
        markdown("# Title"),
        code('study = "default"', tags=["parameters"]),
        code('# Parameters\nstudy = "s-1"', tags=["injected-parameters"]),
        code("#| label: a\nx", [stream("stderr", "Warning at 10:00\n"), stream("stdout", "kept\n"), result("x")]),
    )
    before = json.dumps(noisy, sort_keys=True)
    notebook = finish(noisy, PARAMETERS).notebook
    assert json.dumps(noisy, sort_keys=True) == before, "the executed notebook was changed"
    text = notebook_json(notebook)
    for trace in ("papermill", "Warning", "injected", "b71c", "start_time", "duration"):
        assert trace not in text
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-01", "cell-02", "cell-03"]
    assert [cell.get("execution_count") for cell in notebook["cells"]] == [None, 2, 3]
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert [output["output_type"] for output in notebook["cells"][2]["outputs"]] == ["stream", "execute_result"]
    assert notebook["cells"][2]["outputs"][1]["execution_count"] is None
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert stderr_of(noisy) == "Warning at 10:00\n"


def test_the_parameters_cell_shows_what_ran() -> None:
    cells = (code('#| tags: [x]\nstudy = "old"\nscale = "old"', tags=["parameters"]),)
    source = finish(executed(*cells), {"study": 's"1', "scale": "a\\b"}).notebook["cells"][0]["source"]
    assert source == '#| tags: [x]\nstudy = "s\\"1"\nscale = "a\\\\b"'
    namespace: dict[str, str] = {}
    exec(source, namespace)
    assert (namespace["study"], namespace["scale"]) == ('s"1', "a\\b")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("#| label: a\nx", [result("x")]), code("#| label: a\ny", [result("y")])], "`a` stands twice"),
        ([code("#| label: services\nx", [result("x")]), code("#| label: scale\ny", [result("y")])], "stands twice"),
        ([code("#| label: a\nx", [])], "`a` has no output"),
        ([code("#| label: a\nx", [stream("stderr", "noise")])], "`a` has no output"),
        ([code("#| label: tbl-a\nx", [result("x")])], "`tbl-a` has no `tbl-cap`"),
        ([code("#| label: fig-a\nx", [result("x", caption="A")])], "`fig-a` has no `fig-alt`"),
    ],
)
def test_refused_cells(cells: list[Cell], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        finish(executed(*cells), PARAMETERS)


def test_cells_without_label_may_be_silent_and_many() -> None:
    assert len(finish(executed(code("import a"), code("import b"), code("")), PARAMETERS).notebook["cells"]) == 3


def test_runs_of_a_study(study: Study) -> None:
    names = [run.name for run in runs_of(study)]
    supplement = ["instrument", "measurement", "change"]  # no weighting: no margins of the population are known
    scales = [scale.id for scale in study.scales]
    themes, compared = ([f"{name}-{scale}" for scale in scales] for name in ("theme", "comparison"))
    assert study.coded is not None
    voices = [f"voices-{section}" for section in (*dict(study.coded.sections), "corpus")]
    assert names == ["respondents", *themes, *compared, "comparisons", "integration", *supplement, *voices]
    untested = replace(study, groupings=tuple(replace(grouping, tested=False) for grouping in study.groupings))
    assert [run.name for run in runs_of(untested)] == ["respondents", *themes, *supplement, *voices]
    uncoded = replace(untested, coded=None)
    assert [run.name for run in runs_of(uncoded)] == ["respondents", *themes, *supplement]
    assert [run.name for run in record_runs(study)] == ["register", "errata", "readings", "key-figures", "provenance"]
    for run in (*runs_of(study), *record_runs(study)):
        assert (shipped.ROOT / "notebooks" / f"{run.notebook}.ipynb").is_file()
        assert run.parameters["study"] == study.id


# Running notebooks.


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Running sets variables for the kernels; they are put back when this module is done."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*ENVIRONMENT, BUILD, STUDIES):
            patch.setenv(name, "")
        yield


@contextmanager
def kernels() -> Iterator[None]:
    """The library that talks to kernels leaves an event loop a thread to the garbage collector, which would warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            yield
        finally:
            gc.collect()


def write_notebook(folder: Path, name: str, *sources: str) -> None:
    """A notebook whose first cell holds the parameters."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [{**code(source), "outputs": [], "execution_count": None} for source in sources]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": kernel}
    (folder / f"{name}.ipynb").write_text(json.dumps(content), encoding="utf-8")


def run(folder: Path, *runs: Run) -> list[str]:
    """Run notebooks of `folder`/notebooks into `folder`/build; returns the lines of the log."""
    lines: list[str] = []
    with kernels():
        execute_all(runs, folder / "notebooks", folder / "studies", folder / "build", lines.append)
    return lines


UNDECLARED = ["unknown", 'study"]; import os #', "x = 1\nimport os", "study.y", "study =", "", "print"]


@pytest.mark.parametrize("name", UNDECLARED)
def test_parameters_that_a_notebook_does_not_declare_are_refused(name: str, tmp_path: Path) -> None:
    """Papermill would write the name into code; nothing is started."""
    write_notebook(tmp_path / "notebooks", "n", 'study = "a"', f"open({str(tmp_path / 'ran')!r}, 'w')\nprint(1)")
    with pytest.raises(UserError, match="declares no parameter") as caught:
        run(tmp_path, Run("one", "n", {"study": "a", name: "x"}))
    assert [(p.file, p.place) for p in caught.value.problems] == [("n.ipynb", "run one")]
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "build").exists()


def test_what_is_assigned_to_but_no_name_is_no_parameter(tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", "n", 'study = {}\nstudy["a"] = 1', "print(1)")
    with pytest.raises(UserError, match="declares no parameter"):
        run(tmp_path, Run("one", "n", {'study["a"]': "x"}))


@pytest.mark.slow
def test_a_run_from_start_to_end(tmp_path: Path) -> None:
    """Values are data, never code; standard error goes to the log; a failing notebook leaves nothing, others stay."""
    evil = "\"; open('ran', 'w'); '''\n{scale}\\"
    write_notebook(
        tmp_path / "notebooks",
        "good",
        'study = "a"',
        "#| label: out\nimport sys\nprint('noise', file=sys.stderr)\nstudy",
    )
    write_notebook(tmp_path / "notebooks", "bad", 'study = "a"', "raise ValueError('no such answer: ' + study)")
    good, bad = Run("fine", "good", {"study": evil}), Run("broken", "bad", {"study": "b"})
    with pytest.raises(UserError) as caught:
        run(tmp_path, good, bad)
    assert [(p.file, p.place, p.message) for p in caught.value.problems] == [
        ("bad.ipynb", "run broken", "ValueError: no such answer: b")
    ]
    assert sorted(path.name for path in (tmp_path / "build/findings").iterdir()) == ["fine.ipynb"]
    shutil.rmtree(tmp_path / "build")

    log = run(tmp_path, good)
    assert log[0] == "  notebook 1 of 1: fine"
    assert "noise" in log[1]
    first = (tmp_path / "build/findings/fine.ipynb").read_bytes()
    outputs = json.loads(first)["cells"][-1]["outputs"]
    assert ["".join(output["data"]["text/plain"]) for output in outputs] == [repr(evil)]
    assert not (tmp_path / "ran").exists()
    assert not Path("ran").exists()

    with pytest.raises(UserError):
        run(tmp_path, good, bad)
    assert (tmp_path / "build/findings/fine.ipynb").read_bytes() == first


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two builds of two sections from the same export, in two folders."""
    study = shipped.rendering().study
    chosen = [run for run in runs_of(study) if run.name in ("respondents", "theme-strategic")]
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "another")]
    for folder in folders:
        read_responses(shipped.STUDY, None, folder)
        with kernels():
            execute_all(chosen, shipped.ROOT / "notebooks", shipped.STUDY.parent, folder, lambda line: None)
    return folders


def built(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(builds: list[Path]) -> None:
    one, another = (built(folder) for folder in builds)
    assert {"findings/respondents.ipynb", "findings/theme-strategic.ipynb", RESPONSES, READING} <= one.keys()
    assert "findings/data/tbl-areas.csv" in one
    assert "numbers/theme-strategic.json" in one
    assert one.keys() == another.keys()
    assert [name for name in one if one[name] != another[name]] == []
    for folder in builds:
        assert not [name for name, content in one.items() if str(folder).encode() in content]


@pytest.mark.slow
def test_numbers_of_a_build_are_those_of_the_package(builds: list[Path]) -> None:
    written = json.loads(built(builds[0])["numbers/theme-strategic.json"])
    found = shipped.theme("strategic")
    assert written["numbers"] == {key: number.as_dict() for key, number in found.numbers.items()}
    assert len(written["pairs"]) == len(found.pairs)
    assert written["pairs"]
    for pair in written["pairs"]:
        assert all(value == round(value, 6) for value in pair.values() if isinstance(value, float))


@pytest.mark.slow
def test_nothing_of_a_single_respondent_is_published(builds: list[Path]) -> None:
    with shipped.EXPORT.open(encoding="utf-8", newline="") as handle:
        records = list(csv.reader(handle))
    names = records[0]
    told = [i for i, name in enumerate(names) if "_open_" in name or name in ("ResponseId", "IPAddress", "StartDate")]
    secrets = {record[i] for record in records[3:] for i in told} - {""}
    assert len(secrets) > 5000
    local = (RESPONSES, f"{FOLDER}/")  # respondents and coded material stay on the machine
    published = {name: text.decode() for name, text in built(builds[0]).items() if not name.startswith(local)}
    for name, text in published.items():
        assert not [secret for secret in secrets if secret in text], name
        # A column of answers one after the other, as a printed frame would have it.
        assert text.count("social-work\\n") < 20, name
    stored = (builds[0] / RESPONSES).read_bytes()
    assert not [secret for secret in secrets if secret.encode() in stored]


@pytest.mark.slow
def test_data_behind_figures_hold_what_readers_can_use(builds: list[Path]) -> None:
    data = {name: content.decode() for name, content in built(builds[0]).items() if name.endswith(".csv")}
    assert len(data) >= 14
    for name, text in data.items():
        header, *rows = list(csv.reader(text.splitlines()))
        assert rows, name
        assert not [column for column in header if column.endswith("key") or column in ("phrase", "groups")], name
        for cell in (cell for row in rows for cell in row):
            assert len(cell.partition(".")[2]) <= 4 or not cell.replace(".", "").isdigit(), (name, cell)


@pytest.mark.slow
def test_labels_of_the_executed_notebooks(builds: list[Path]) -> None:
    labels = {
        options(source)["label"]
        for name in ("respondents", "theme-strategic")
        for cell in json.loads(built(builds[0])[f"findings/{name}.ipynb"])["cells"]
        for source in ["".join(cell["source"])]
        if source.startswith("#| label")
    }
    people = "tbl-flow tbl-respondents tbl-areas tbl-levels tbl-demographics tbl-focus-groups "
    people += "tbl-interviews txt-flow txt-respondents"
    parts = "fig-items tbl-items txt-items fig-groups tbl-means tbl-pairs txt-groups fig-change tbl-change txt-change"
    theme = {part.replace("-", "-strategic-", 1) for part in parts.split()}
    assert labels == theme | set(people.split())


# Staging and the swap.


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with two pages and a build ready to be stitched."""
    root, build = tmp_path / "root", tmp_path / "build"
    (root / "report").mkdir(parents=True)
    for name in SOURCES:
        (root / name).write_text("text\n", encoding="utf-8")
    part = "One {{< var r.a.b >}} and {{<var p.a.b>}}, {{< var build.engine_note >}}.\n\n"
    part += '::: {.content-visible when-meta="holds.good"}\n'
    (root / "report" / "_part.qmd").write_text(part, encoding="utf-8")
    (build / "findings" / "data").mkdir(parents=True)
    (build / "findings" / "n.ipynb").write_text("{}", encoding="utf-8")
    numbers = {"a": {"b": "1", "of no page": "2"}}
    write_json(build / VARIABLES, {"r": numbers, "p": numbers, "build": {}, "study": {}})
    write_yaml(build / METADATA, {"synthetic": True, "holds": {"good": False}})
    write_json(build / RESULTS, {"numbers": {}, "pairs": [], "synthetic": True})
    write_text(build / RECONCILIATION, "id,published,reproduced,source,status\n")
    for name in SCRIPTS:
        write_text(root / "report" / "theme" / name, "// nothing\n")
    return tmp_path


def test_a_rendering_is_laid_out_like_the_checkout(project: Path, study: Study) -> None:
    folder = stage(project / "root", study, project / "build", "engine")
    assert (folder / "_build/csrr-2023/findings/n.ipynb").is_file()
    assert (folder / "_build/csrr-2023" / METADATA).is_file()
    named = yaml.safe_load((folder / "_variables.yml").read_text(encoding="utf-8"))
    assert named == {"r": {"a": {"b": "1"}}, "p": {"a": {"b": "1"}}, "build": {"engine_note": "engine"}}
    left = folder / "left-over.qmd"
    left.write_text("{{< var no >}}", encoding="utf-8")
    stage(project / "root", study, project / "build", "engine")
    assert not left.exists()


@pytest.mark.parametrize("change", ["nothing", "the answers", "a threshold"])
def test_profiles_stay_only_with_the_answers_and_the_study_that_they_were_made_from(
    change: str, tmp_path: Path, study: Study
) -> None:
    folder, build, site = tmp_path / "study", tmp_path / "build", tmp_path / "site"
    write_text(folder / "study.yml", "thresholds: {min_cell: 5}\n")
    for name in ("responses.parquet", "reading.json"):
        write_text(build / name, "one\n")
    write_text(build / "profiles" / "site" / "index.html", "profiles\n")
    mine = replace(study, folder=folder)
    write_json(build / "profiles" / "made.json", {"made_from": rendering_digest(folder, build), "pages": ""})
    if change == "the answers":
        write_text(build / "responses.parquet", "two\n")
    elif change == "a threshold":
        write_text(folder / "study.yml", "thresholds: {min_cell: 10}\n")
    add_profiles(mine, build, site)
    assert (site / "profiles" / "index.html").is_file() == (change == "nothing")


def test_unknown_names_are_refused_with_file_and_line(project: Path, study: Study) -> None:
    page = project / "root" / "report" / "page.qmd"
    page.write_text(
        "Fine {{< var r.a.b >}}.\n"
        "{{< var r.a.c >}} and {{< var p.a >}}\n"
        "\n"
        '::: {.content-visible when-meta="holds.godo"}\n'
        "[x]{.content-hidden unless-meta='holds.also'} {{< var nothing.at.all >}}\n"
        "::: {.content-visible when-meta=holds.bare}\n",
        encoding="utf-8",
    )
    with pytest.raises(UserError) as caught:
        stage(project / "root", study, project / "build", "engine")
    found = [(p.file, p.place, p.value) for p in caught.value.problems]
    assert found == [
        ("report/page.qmd", "line 2", "r.a.c"),
        ("report/page.qmd", "line 2", "p.a"),
        ("report/page.qmd", "line 4", "godo"),
        ("report/page.qmd", "line 5", "nothing.at.all"),
        ("report/page.qmd", "line 5", "also"),
        ("report/page.qmd", "line 6", "bare"),
    ]
    assert all(p.remedy for p in caught.value.problems)


def test_the_sources_of_the_report_name_only_what_there_is(root: Path, study: Study, tmp_path: Path) -> None:
    from survey_report.conditions import load_conditions
    from survey_report.results import nested, study_facts

    texts = {key: number.text for key, number in shipped.numbers().items()}
    facts = dict.fromkeys(("export_name", "export_digest", "responses_digest", "results_digest", "code_digest"), "x")
    facts |= dict.fromkeys(("lock_digest", "python", "n_rows", "data_kind", "engine_note", "workbook", "codebook"), "x")
    facts |= dict.fromkeys(("version", "results_short", "code_short"), "x")
    known = {"r": nested(texts), "p": nested(texts), "study": study_facts(study), "build": facts}
    holds = {condition.name: True for condition in load_conditions(study.files["conditions"])}
    folder = tmp_path / "report"
    shutil.copytree(root / "report", folder, ignore=shutil.ignore_patterns("any-study", "integration-2015"))
    assert list(check_names(folder, known, holds)) == []


@pytest.fixture
def site(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished site from an earlier run."""
    monkeypatch.setenv(ENGINE, "embedded")
    site = project / "site"
    site.mkdir()
    (site / "index.html").write_text("old", encoding="utf-8")
    return site


def render(project: Path, site: Path) -> None:
    stitch(project / "root", shipped.rendering().study, project / "build", site, lambda line: None)


@pytest.mark.parametrize("error", [UserError([]), OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_rendering_keeps_the_old_site(
    error: BaseException, project: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, new: Path, **options: object) -> None:
        (new / "index.html").write_text("half", encoding="utf-8")
        raise error

    monkeypatch.setattr(survey_report.stitch, "render_project", fail)
    with pytest.raises(type(error)):
        render(project, site)
    assert [path.read_text(encoding="utf-8") for path in site.iterdir()] == ["old"]


def test_a_rendering_replaces_the_whole_old_site(project: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def succeed(folder: Path, new: Path, **options: object) -> None:
        assert (folder / "report" / "_part.qmd").is_file()
        (new / "index.html").write_text("new", encoding="utf-8")

    (site / "gone.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr(survey_report.stitch, "render_project", succeed)
    for _ in range(2):
        render(project, site)
        assert (site / "index.html").read_text(encoding="utf-8") == "new"
        assert not (site / "gone.html").exists()
    assert not [path for path in project.iterdir() if path.name.startswith(".")]


def test_an_unknown_name_keeps_the_old_site(project: Path, site: Path) -> None:
    (project / "root" / "index.qmd").write_text("{{< var r.nothing >}}", encoding="utf-8")
    with pytest.raises(UserError, match="no such variable"):
        render(project, site)
    assert (site / "index.html").read_text(encoding="utf-8") == "old"


def test_a_site_that_cannot_be_put_in_place_leaves_the_old_one(project: Path, site: Path) -> None:
    with pytest.raises(OSError, match="nothing-here"):
        swap(project / "nothing-here", site)
    assert (site / "index.html").read_text(encoding="utf-8") == "old"
    shutil.rmtree(site)
    with pytest.raises(OSError, match="nothing-here"):
        swap(project / "nothing-here", site)
    assert not site.exists()
