"""A step of the build by itself: the runs that are named, into a folder that is named (see `ways.ours`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from survey_report.execution import Run, execute_all, prepare

if __name__ == "__main__":
    about = json.loads(sys.argv[1])
    root, build = Path(about["root"]), Path(about["build"])
    prepare(root / "notebooks", root / "studies" / about["study"], build)
    runs = [Run(**run) for run in about["runs"]]
    execute_all(runs, root / "notebooks", root / "studies", build, stage="bench", into=Path(about["target"]))
