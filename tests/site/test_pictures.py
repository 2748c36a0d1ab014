"""Pictures get the size that their files say, and wait until they are near."""

from __future__ import annotations

from pathlib import Path

from survey_report.site.pictures import with_lazy_pictures

SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="504pt" height="246.18pt" viewBox="0 0 1 1">'


def test_a_chart_gets_its_size_and_waits(tmp_path: Path) -> None:
    (tmp_path / "a b.svg").write_text(SVG)
    (tmp_path / "narrow.svg").write_text(SVG.replace("504pt", "270pt"))
    page = '<picture><source media="x" srcset="narrow.svg"><img src="a%20b.svg" class="figure-img" alt="A"></picture>'
    assert with_lazy_pictures(page, tmp_path) == (
        '<picture><source width="360" height="328" media="x" srcset="narrow.svg">'
        '<img loading="lazy" width="672" height="328" src="a%20b.svg" class="figure-img" alt="A"></picture>'
    )


def test_what_is_no_chart_of_the_site_stays(tmp_path: Path) -> None:
    (tmp_path / "own.svg").write_text(SVG)
    (tmp_path / "endless.svg").write_text("<svg>")
    for page in (
        '<img src="own.svg" width="100">',
        '<img src="absent.svg">',
        '<img src="endless.svg">',
        '<img src="https://example.org/own.svg">',
        '<img src="photo.png">',
    ):
        assert with_lazy_pictures(page, tmp_path) == page
