"""The looks of Word and PowerPoint files: pandoc's own reference files, in the theme's colours and with its notice.

Real Quarto takes the file by its name (`reference-doc`), so it is written when sources are laid out.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from functools import cache
from xml.sax.saxutils import escape

from survey_report.stitch import pandoc

# Colours of the theme (see report/theme/colours.csv); a typeface that office programs have.
INK, SOFT, ACCENT, DARK, WARM = "1D2A33", "56646F", "0B5D73", "083F4F", "98490A"
ACCENT_TINT, WARM_TINT, FAINT, RULE = "EEF5F6", "FBF3E9", "F3F6F7", "C9D1D6"
TYPEFACE = "Calibri"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say

SCHEME = {
    "dk2": DARK,
    "lt2": ACCENT_TINT,
    "accent1": ACCENT,
    "accent2": "C0650B",
    "accent3": "6A5797",
    "accent4": "3B7D3A",
    "accent5": "A33B5C",
    "accent6": "4B5963",
    "hlink": ACCENT,
    "folHlink": DARK,
}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


@cache
def default(kind: str) -> bytes:
    """Pandoc's own reference file of a kind, docx or pptx."""
    done = subprocess.run(
        [pandoc.binary(), "--print-default-data-file", f"reference.{kind}"], capture_output=True, check=True
    )
    return done.stdout


def reference(kind: str, notice: str = "") -> bytes:
    """The reference file of a kind; `notice` stands at the head of every page or the foot of every slide."""
    parts = unzipped(default(kind))
    for name in parts:
        if re.fullmatch(r"(word|ppt)/theme/theme\d\.xml", name):
            parts[name] = _theme(parts[name].decode()).encode()
    if kind == "docx":
        _word(parts, notice)
    elif notice:
        _slides(parts, notice)
    return zipped(parts)


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of an office file by name, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    """An office file whose bytes depend on its parts only."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, content)
    return made.getvalue()


def _theme(xml: str) -> str:
    for name, colour in SCHEME.items():
        xml = re.sub(rf'(<a:{name}>\s*<a:srgbClr val=")[0-9A-F]{{6}}', rf"\g<1>{colour}", xml)
    return re.sub(
        r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*("[^>]*?)( panose="[^"]*")?', rf"\g<1>{TYPEFACE}\2", xml
    )


def _word(parts: dict[str, bytes], notice: str) -> None:
    styles = parts["word/styles.xml"].decode()
    styles = re.sub(r"<w:color [^/]*/>", _colour, styles)
    styles = re.sub(
        r'(w:styleId="(?:Title|Subtitle|Author|Date)">.*?<w:jc w:val=")center', r"\1left", styles, flags=re.S
    )
    table = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, size, colour in (("top", 12, INK), ("bottom", 12, INK), ("insideH", 4, RULE))
    )
    borders = f"<w:tblPr><w:tblBorders>{table}</w:tblBorders>"
    styles = re.sub(r'(w:styleId="Table">.*?)<w:tblPr>', rf"\g<1>{borders}", styles, count=1, flags=re.S)
    own = [
        _style("Notice", WARM, WARM_TINT),
        _style("Findings", ACCENT, ACCENT_TINT),
        _style("Callout", SOFT, FAINT),
        _style("Key Figure", ACCENT, ""),
        _style("Lead", "", "", f'<w:sz w:val="28"/><w:color w:val="{DARK}"/>'),
    ]
    parts["word/styles.xml"] = styles.replace("</w:styles>", "".join(own) + "</w:styles>").encode()
    page = '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    said = f'<w:r><w:rPr><w:b/><w:color w:val="{WARM}"/><w:sz w:val="18"/></w:rPr><w:t>{escape(notice)}</w:t></w:r>'
    parts["word/header9.xml"] = _edge("hdr", "right", said if notice else "")
    parts["word/footer9.xml"] = _edge("ftr", "center", page)
    relations = "".join(
        f'<Relationship Id="rId9{n}" Type="{REL}/{what}" Target="{what}9.xml"/>'
        for n, what in enumerate(("header", "footer"))
    )
    _insert(parts, "word/_rels/document.xml.rels", "</Relationships>", relations)
    kinds = "".join(
        f'<Override PartName="/word/{what}9.xml" ContentType="{OFFICE}.{what}+xml"/>' for what in ("header", "footer")
    )
    _insert(parts, "[Content_Types].xml", "</Types>", kinds)
    references = (
        f'<w:headerReference {R} w:type="default" r:id="rId90"/><w:footerReference {R} w:type="default" r:id="rId91"/>'
    )
    sides = {"top": 1418, "right": 1247, "bottom": 1304, "left": 1247, "header": 680, "footer": 624, "gutter": 0}
    margins = " ".join(f'w:{side}="{twips}"' for side, twips in sides.items())
    paper = f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar {margins}/>'
    document = parts["word/document.xml"].decode()
    document = re.sub(
        r"<w:sectPr>(.*?)</w:sectPr>", rf"<w:sectPr>{references}\1{paper}</w:sectPr>", document, flags=re.S
    )
    parts["word/document.xml"] = document.encode()


def _colour(found: re.Match[str]) -> str:
    return f'<w:color w:val="{ACCENT}"/>' if 'themeColor="accent1"' in found[0] or "0F4761" in found[0] else found[0]


def _style(name: str, bar: str, tint: str, letters: str = "") -> str:
    """A paragraph style with a bar at its left and a ground."""
    identifier = name.replace(" ", "")
    edge = f'<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="{bar}"/></w:pBdr>' if bar else ""
    ground = f'<w:shd w:val="clear" w:color="auto" w:fill="{tint}"/>' if tint else ""
    indent = '<w:ind w:left="227"/>' if bar else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="BodyText"/><w:qFormat/><w:pPr>{edge}{ground}<w:spacing w:before="120" w:after="120"/>'
        f"{indent}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def _edge(kind: str, side: str, content: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{kind} {W} {R}>'
        f'<w:p><w:pPr><w:jc w:val="{side}"/></w:pPr>{content}</w:p></w:{kind}>'
    ).encode()


def _insert(parts: dict[str, bytes], name: str, before: str, text: str) -> None:
    parts[name] = parts[name].decode().replace(before, text + before).encode()


def _slides(parts: dict[str, bytes], notice: str) -> None:
    """The notice as a text at the foot of the master, from which every slide takes it."""
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="90" name="Notice"/><p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="457200" y="4780000"/><a:ext cx="8229600" cy="300000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r>'
        f'<a:rPr lang="en-GB" sz="1000" b="1"><a:solidFill><a:srgbClr val="{WARM}"/></a:solidFill></a:rPr>'
        f"<a:t>{escape(notice)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    _insert(parts, "ppt/slideMasters/slideMaster1.xml", "</p:spTree>", shape)
