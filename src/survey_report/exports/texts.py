"""Texts of an export: white space folded, question texts freed of the HTML in which survey tools keep them."""

from __future__ import annotations

import html
import re

from survey_report.escaping import visible

# Names of HTML elements only: `x<y and y>z` is no tag. Those of the second kind stand apart from what is beside them.
INLINE = "a|abbr|b|big|cite|code|del|em|font|i|img|ins|kbd|label|mark|s|small|span|strike|strong|sub|sup|tt|u"
APART = (
    "article|blockquote|br|center|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|iframe|input|li|object|ol|option|"
    "p|pre|section|select|table|tbody|td|textarea|tfoot|th|thead|tr|ul|video"
)
REST = r"(?:\s[^<>]*|/)?>"
UNSEEN = re.compile(rf"<(script|style)\b{REST}.*?</\1\s*>|<!--.*?-->|</?(?:script|style)\b{REST}", re.I | re.S)
TAG_APART = re.compile(rf"</?(?:{APART}){REST}", re.I)
TAG_INLINE = re.compile(rf"</?(?:{INLINE}){REST}", re.I)
# With its semicolon: `AT&T` and `R&D` are no entities.
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)


def fold(text: str) -> str:
    """The text with each run of white space (line ends and no-break spaces too) as one space, none at the ends;
    without characters that nobody sees."""
    return " ".join(visible(text).split())


def plain_text(text: str) -> str:
    """A question text without HTML tags, entities decoded once, white space folded."""
    if "<" in text:
        text = TAG_INLINE.sub("", TAG_APART.sub(" ", UNSEEN.sub(" ", text)))
    if "&" in text:
        text = ENTITY.sub(lambda found: html.unescape(found.group()), text)
    return fold(text)
