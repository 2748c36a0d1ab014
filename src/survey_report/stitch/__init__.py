"""The embedded stitcher: renders the project's Quarto sources with Pandoc and Typst, where no Quarto is installed."""

from survey_report.stitch.render import render_notebooks, render_project

__all__ = ["render_notebooks", "render_project"]
