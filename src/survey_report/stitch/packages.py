"""Packages of Typst, which its compiler would fetch from the network: refused before it runs."""

from __future__ import annotations

import re

from survey_report.errors import Problem, UserError

PACKAGE = re.compile(r'\b(?:import|include)\s*\(?\s*"(@[^"\n]+)"')


def refuse_packages(source: str, name: str) -> None:
    """Raise UserError for each package that a source of Typst imports; `name` is the document it belongs to."""
    message = "imports a package of Typst, which would be fetched from the network"
    remedy = "Take the import out, or put what it gives into a file of the project."
    found = dict.fromkeys(PACKAGE.findall(source))
    if found:
        raise UserError([Problem(name, "", package, message, remedy) for package in found])
