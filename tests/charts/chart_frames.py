"""Made-up frames in the form that the charts take."""

from __future__ import annotations

from typing import Any

import pandas as pd

from survey_report.study import Option, ResponseSet

NAN = float("nan")
NOTICE = "Synthetic data: no real answers. Italic numbers are invented."

RATING = ResponseSet(
    "rating",
    (
        Option("very-good", "Very Good", 5, "positive"),
        Option("good", "Good", 4, "positive"),
        Option("neither", "Neither Good nor Poor", 3, "neutral"),
        Option("poor", "Poor", 2, "negative"),
        Option("very-poor", "Very Poor", 1, "negative"),
    ),
    (Option("dont-know", "Don't Know"),),
    {"positive": "good or very good", "neutral": "neither good nor poor", "negative": "poor or very poor"},
)
CHANGE = ResponseSet(
    "change",
    (
        Option("improved-a-lot", "Improved A Lot", 5, "positive"),
        Option("improved-a-little", "Improved A Little", 4, "positive"),
        Option("no-change", "No Change", 3, "neutral"),
        Option("a-little-worse", "A Little Worse", 2, "negative"),
        Option("a-lot-worse", "A Lot Worse", 1, "negative"),
    ),
    (),
    {"positive": "improved a little or a lot", "neutral": "no change", "negative": "a little or a lot worse"},
)
FOUR = ResponseSet(
    "four",
    (
        Option("strongly-agree", "Strongly agree", 4, "positive"),
        Option("agree", "Agree", 3, "positive"),
        Option("disagree", "Disagree", 2, "negative"),
        Option("strongly-disagree", "Strongly disagree", 1, "negative"),
    ),
    (),
    {"positive": "agree", "neutral": "", "negative": "disagree"},
)


def bars(
    key: str, response_set: ResponseSet, rows: list[tuple[str, str, float, list[float], str, bool]]
) -> pd.DataFrame:
    """Rows of (id, label, n, shares in answer order, kinds such as "rii" for positive, neutral, negative, merged)."""
    kinds = {"r": "reproduced", "i": "invented", "h": "hidden", "x": "real"}
    made = []
    for name, label, n, shares, marks, merged in rows:
        by_option = dict(zip((option.id for option in response_set.options), shares, strict=True))
        row: dict[str, object] = {key: name, "label": label, "n": NAN if marks == "hhh" else n, "merged": merged}
        row |= {option: NAN if merged or "h" in marks else share for option, share in by_option.items()}
        for side, mark in zip(("positive", "neutral", "negative"), marks, strict=True):
            total = sum(share for option, share in by_option.items() if option in response_set.side(side))  # type: ignore[arg-type]
            row |= {side: NAN if mark == "h" else total, f"{side}_kind": kinds[mark]}
        made.append(row)
    return pd.DataFrame(made)


def items() -> pd.DataFrame:
    """Seven items of every sort: reproduced, invented, merged, partly hidden, hidden, with long names."""
    long = "Communicating the difference it will make to children, young people and their families"
    return bars(
        "item",
        RATING,
        [
            ("waiting", "Waiting time", 1322, [4.1, 14.2, 20.4, 33.0, 28.3], "iir", False),
            ("quality", "Quality of practice", 1345, [17.3, 45.1, 22.9, 10.6, 4.1], "rii", False),
            ("access", "Ease of access", 1311, [5.0, 22.2, 24.4, 30.2, 18.2], "iii", False),
            ("long", long, 988, [8.0, 30.0, 28.0, 22.0, 12.0], "rrr", False),
            ("merged", "Joint assessment and planning", 47, [12.0, 31.0, 27.0, 20.0, 10.0], "iii", True),
            ("partly", "Range of services", 21, [40.0, 35.5, 24.5, 0.0, 0.0], "iih", True),
            ("hidden", "Continuity of support", 7, [61.1, 11.3, 9.7, 8.8, 9.1], "hhh", False),
        ],
    )


def changes() -> pd.DataFrame:
    """Three periods."""
    return bars(
        "period",
        CHANGE,
        [
            ("before", "Before COVID-19", 1201, [3.0, 18.0, 41.5, 25.3, 12.2], "irr", False),
            ("since", "Since COVID-19", 1240, [2.0, 11.0, 22.1, 36.3, 28.6], "rir", False),
            ("new", "Under four years in the area", 8, [6.0, 24.0, 44.0, 19.0, 7.0], "hhh", False),
        ],
    )


def groups() -> pd.DataFrame:
    """Two groupings, one group hidden, one name too long for its column."""
    rows = [
        ("service", "Service", "community", "Community and family-based care and support", 132, 3.14, "reproduced"),
        ("service", "Service", "early", "Early learning and childcare", 213, 3.232, "reproduced"),
        ("service", "Service", "police", "Police", 7, 4.44, "hidden"),
        ("service", "Service", "other", "Other service (youth justice, hearings system)", 54, 2.655, "invented"),
        ("role", "Role", "leader", "Senior leader", 61, 3.4, "invented"),
        ("role", "Role", "frontline", "Frontline staff", 801, 3.0, "invented"),
    ]
    return _means(("grouping", "grouping_label", "group", "label"), rows)


def levels() -> pd.DataFrame:
    """Three scales by three levels, one hidden."""
    names = {"full": "Full structural integration", "partial": "Partial structural integration", "none": "None at all"}
    means = {"services": (3.1, 3.05, 3.2), "transitions": (2.4, 2.44, 2.61), "leadership": (3.0, 2.7, 2.9)}
    titles = {"services": "Local services", "transitions": "Transitions to adult services", "leadership": "Leadership"}
    rows = []
    for scale, values in means.items():
        for (group, label), value in zip(names.items(), values, strict=True):
            hidden = scale == "transitions" and group == "full"
            kind = "hidden" if hidden else "reproduced" if scale == "services" else "invented"
            rows.append((scale, titles[scale], group, label, 9 if hidden else 300, value, kind))
    return _means(("scale", "title", "group", "label"), rows)


def bounds() -> dict[str, list[float]]:
    """Bounds of equivalence, the same on each scale of `differences`."""
    return {scale: [0.1, 0.2] for scale in differences()["scale"].unique()}


def differences() -> pd.DataFrame:
    """Two scales by two pairs of levels; one interval reaches beyond the longest axis."""
    rows = [
        ("services", "Local services", "full", "partial", 0.02, 0.12, 0.17),
        ("services", "Local services", "full", "none", -0.31, 0.12, 0.17),
        ("strategic", "Shared strategic working and commissioning", "full", "partial", 0.4, 0.9, 1.3),
        ("strategic", "Shared strategic working and commissioning", "full", "none", 0.1, 0.5, 0.7),
    ]
    made = pd.DataFrame(rows, columns=["scale", "title", "a", "b", "difference", "half", "detectable"])
    label = "Full structural integration against " + made["b"] + " of it at all"
    return made.assign(label=label, low=made["difference"] - made["half"], high=made["difference"] + made["half"])


def heat() -> pd.DataFrame:
    """Three themes by nine groups, some hidden, one of nought, with long names."""
    themes = {"a": "Waiting", "b": "Availability and responsiveness of what there is", "c": "None"}
    services = [f"Group {n}" for n in range(8)] + ["Community and family-based care and support"]
    rows = []
    for number, (theme, label) in enumerate(themes.items()):
        for place, service in enumerate(services):
            shown = (number + place) % 4 != 3
            share = 0.0 if theme == "c" else 4.0 * place + number
            kind = "hidden" if not shown else "reproduced" if place == 1 else "invented"
            rows.append((theme, label, f"s{place}", service, 1000 + place, share if shown else NAN, kind, shown))
    columns = ["theme", "label", "service", "service_label", "base", "share", "kind", "shown"]
    return pd.DataFrame(rows, columns=columns)


def many_groups() -> pd.DataFrame:
    """Two themes by nineteen groups, more than a phone's width holds; the bases run to five figures."""
    groups = [f"Group {n} of many" for n in range(19)]
    rows = [
        (theme, f"Theme {theme}", f"s{place}", group, 12_345 + place, 5.0 * place + 3, "invented", True)
        for theme in "ab"
        for place, group in enumerate(groups)
    ]
    return pd.DataFrame(rows, columns=heat().columns)


POINTS: dict[str, Any] = {
    "unit": "Points", "reach": 0.5, "lower": "lower than all others", "higher": "higher than all others",
    "kind": "invented",
}  # fmt: skip
PERCENT: dict[str, Any] = {
    "unit": "% points", "reach": 20.0, "lower": "less improvement", "higher": "more improvement", "kind": "real",
}  # fmt: skip


def contrasts() -> pd.DataFrame:
    """Differences in scale points: apart from nought or not, with a long name, a long interval, and one not shown."""
    rows = [
        ("Local services", -0.31, -0.45, -0.17, True, 2, ""),
        ("Communicating the difference it will make to children, young people and their families", 0.05, -0.4, 0.5,
         False, 2, ""),
        ("Leadership", 0.9, 0.2, 3.6, True, 1, ""),
        ("Transitions", NAN, NAN, NAN, False, 2, "not shown: fewer than 10 answers"),
    ]  # fmt: skip
    columns = ["label", "difference", "low", "high", "differs", "decimals", "reason"]
    return pd.DataFrame(rows, columns=columns)


def blocks() -> pd.DataFrame:
    """Differences in percentage points under two headings."""
    heads = ["Before COVID-19", "Before COVID-19", "Since COVID-19", "Since COVID-19"]
    wide = contrasts().assign(heading=heads, decimals=0)
    return wide.assign(**{name: wide[name] * 40 for name in ("difference", "low", "high")})


ENDS: dict[str, Any] = {"ends": (1.0, 5.0), "low": "very poor", "high": "very good"}
WORDS: dict[str, Any] = {"positive": "good or very good", "negative": "poor or very poor"}


def key_means() -> pd.DataFrame:
    """Means above, near, below and far below the middle, one with a long name."""
    rows = [
        ("relationships", "Relationships and participation", 3.85, "reproduced"),
        ("strategic", "Shared strategic working, commissioning and evaluation by senior leaders", 3.01, "real"),
        ("transitions", "Transitions to adult services", 2.63, "reproduced"),
        ("least", "Least", 1.0, "reproduced"),
    ]
    return pd.DataFrame(rows, columns=["scale", "title", "mean", "kind"])


def key_shares() -> pd.DataFrame:
    """Items with a share on one side, on both, and with a long name."""
    long = "Communicating the difference it will make to children and young people"
    rows = [
        ("Relationships and participation", "views", "Support to express views", 82.0, "reproduced", NAN, "hidden"),
        ("Local leadership", "long", long, 44.0, "real", 38.4, "reproduced"),
        ("Transitions to adult services", "health", "Mental health needs", NAN, "hidden", 67.0, "reproduced"),
        ("Local services", "leaky", "Waiting time", 5.0, "reproduced", 56.0, "hidden"),
    ]
    columns = ["title", "item", "label", "positive", "positive_kind", "negative", "negative_kind"]
    return pd.DataFrame(rows, columns=columns)


def _means(keys: tuple[str, ...], rows: list[tuple[object, ...]]) -> pd.DataFrame:
    made = []
    for row in rows:
        n, mean, kind = row[4:]
        shown = kind != "hidden"
        values = {"n": n, "mean": mean, "low": float(str(mean)) - 0.1, "high": float(str(mean)) + 0.12}
        made.append(
            dict(zip(keys, row, strict=False))
            | {column: value if shown else NAN for column, value in values.items()}
            | {"kind": kind, "shown": shown}
        )
    return pd.DataFrame(made)
