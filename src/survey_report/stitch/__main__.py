"""`python -m survey_report.stitch ROOT SITE`: render a project into an empty folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from survey_report.errors import UserError
from survey_report.stitch import render_project
from survey_report.stitch.project import FORMATS


def main(argv: list[str]) -> int:
    """Render; exit code 1 when the sources are refused."""
    parser = argparse.ArgumentParser(prog="python -m survey_report.stitch", description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("--keep-typ", action="store_true", help="leave the Typst source beside each PDF")
    parser.add_argument("--lenient", action="store_true", help="print what Quarto prints instead of refusing")
    parser.add_argument("--only", action="append", default=[], help="render this document only (may be repeated)")
    parser.add_argument("--to", action="append", choices=FORMATS, help="render to this format only")
    args = parser.parse_args(argv)
    if args.site.exists() and any(args.site.iterdir()):
        parser.error(f"{args.site} is not empty")
    try:
        render_project(
            args.root,
            args.site,
            formats=tuple(args.to or FORMATS),
            keep_typ=args.keep_typ,
            only=args.only,
            strict=not args.lenient,
        )
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
