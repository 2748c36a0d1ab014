"""The page of a whole notebook, published beside the report: `<notebook>-preview.html`."""

from __future__ import annotations

from pathlib import Path

from survey_report.stitch.project import Project


def write_preview(project: Project, book: str, site: Path) -> list[Path]:
    return []
