"""Tables, sentences and alt text of what sources raise, and quotations, from coded material."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import pandas as pd

from survey_report.escaping import escaped, italic, marked, sentences
from survey_report.findings.voices import SURVEY, WHOLE, Voices
from survey_report.frames import each_row
from survey_report.marks import Style
from survey_report.numbers import Number, format_number
from survey_report.pipe_tables import WITHHELD, pipe_table
from survey_report.qualitative.agreement import NO_PAIR, NO_VARIATION
from survey_report.qualitative.corpus import slug
from survey_report.qualitative.naming import VALENCES
from survey_report.study import METHODS
from survey_report.wording import capital, in_words, listing

# Soft hyphens where narrow columns may divide a word.
HEADS = {
    **{"survey": "People in the survey", "focus group": "Focus groups", "interview": "Inter\u00adviews"},
    **{name: capital(name) for name in VALENCES},
    **{"challenge": "Chal\u00adlenge", "improvement": "Improve\u00adment"},
}
MANY = {
    "survey": ("person", "people"),
    "focus group": ("focus group", "focus groups"),
    "interview": ("interview", "interviews"),
}
IN_SURVEY = " in the survey"
SHORT = {NO_VARIATION: "all alike", NO_PAIR: "one coder"}  # why there is no coefficient
MOST_PAIRS = 8
MOST_ALIKE = 4  # themes that are raised most and alike, for a sentence to name them
LEAST_SHARED = 2  # sources that two themes must share before a sentence names them
NEAR = 0.1  # scale points within which a mean counts as in the middle
GOOD, POOR = ("improvement", "good practice"), ("challenge", "need")


def raised_table(found: Voices, style: Style) -> str:
    """One row a theme: sources that raise it, by method, then by what they say of it."""
    columns = [name for name in found.raised.columns if name.startswith("n_")]
    rows = [
        [
            str(row["label"]),
            *(_count(row[name], _key(found, str(row["theme"]), name), found, style) for name in columns),
        ]
        for _, row in found.raised.iterrows()
    ]
    names = {_column(name): head for name, head in HEADS.items()}
    header = ["Theme", *(names[name] for name in columns)]
    return pipe_table(header, rows, "l" + "r" * len(columns), [36, *[12] * len(columns)])


def together_table(found: Voices, style: Style) -> str:
    """The pairs of themes that sources raise together most often, with the share of sources that raise either."""
    rows = []
    for row in each_row(pairs_shown(found)):
        share = style.other(f"{100 * row.jaccard:.0f}%")
        cells = [style.other(str(int(n))) for n in (row.together, row.n_first, row.n_second)]
        rows.append([row.first_label, row.second_label, *cells, share])
    header = ["One theme", "The other", "Both", "The one", "The other", "Share"]
    return pipe_table(header, rows, "llrrrr", [30, 30, 9, 9, 9, 10])


def pairs_shown(found: Voices) -> pd.DataFrame:
    """The rows of `together` that the table has."""
    pairs = found.together
    return pairs[pairs["shown"].astype(bool) & (pairs["together"].fillna(0) > 0)].head(MOST_PAIRS)


def agreement_table(found: Voices, style: Style) -> str:
    """Krippendorff's alpha and Cohen's kappa of every theme."""
    rows = []
    for row in each_row(found.agreement):
        if pd.isna(row.alpha):
            rows.append([row.label, style.other(f"{row.units:,}"), SHORT.get(row.reason, row.reason), ""])
            continue
        kappa = f"{row.kappa:.2f}" if not pd.isna(row.kappa) else f"{row.kappa_low:.2f} to {row.kappa_high:.2f}"
        told = "" if pd.isna(row.kappa_low) else style.other(kappa)
        rows.append([row.label, style.other(f"{row.units:,}"), style.other(f"{row.alpha:.2f}"), told])
    return pipe_table(["Theme", capital(f"{found.unit}s compared"), "Alpha", "Kappa"], rows, "lrrr", [46, 20, 14, 16])


def quotations_table(found: Voices, *, invented: bool) -> str:
    """One row a theme and quotation, attributed; an invented one says so."""
    rows = []
    before = ""
    for row in each_row(found.quotations):
        mark = marked("[Invented:]{.invented-text} ") if invented else ""
        theme = str(row.label) if row.label != before else ""
        before = str(row.label)
        said, who = (marked(escaped(str(text))) for text in (row.text, row.attribution))
        rows.append([theme, f"{mark}“{said}” {who}"])
    return pipe_table(["Theme", "In their words"], rows, "ll", [26, 74])


@sentences
def voices_sentences(found: Voices, style: Style) -> list[str]:
    """How many raise the subject, which themes most, which way they lean, and how that stands to the ratings."""
    if found.raised.empty:
        return []
    return [*_who(found, style), *_most(found, style), *_leaning(found, style), *_beside_rating(found, style)]


@sentences
def agreement_sentences(found: Voices, style: Style) -> list[str]:
    """What agreement was measured over, its range, and the themes with the least."""
    known = found.agreement.dropna(subset=["alpha"])
    if known.empty:
        return ["No source was coded by two coders, so that agreement cannot be told."] if len(found.agreement) else []
    ordered = known.sort_values("alpha", kind="stable")
    ends = [f"{style.other(f'{row.alpha:.2f}')} for {_quoted(row.label)}" for row in each_row(ordered.iloc[[0, -1]])]
    units = style.other(f"{int(known['units'].max()):,}")
    return [f"Over {units} {found.unit}s that two coders judged, alpha runs from {ends[0]} to {ends[1]}."]


def alt_themes(found: Voices) -> str:
    """What the chart of themes by service shows: the darkest cell, the lightest theme, and how many are not shown."""
    shown = found.by_service[found.by_service["shown"].astype(bool)]
    if shown.empty:
        return "No share may be shown."
    top = next(iter(each_row(shown.sort_values("share", ascending=False, kind="stable"))))
    mark = " (invented)" if top.kind == "invented" else ""
    sentences = [
        f"In a grid of {_number(shown['label'].nunique(), 'theme')} by "
        f"{_number(shown['service_label'].nunique(), 'service')} the largest share is "
        f"{_percent(top.share)}{mark}: of the people from {_inside(top.service_label)}, those who raise "
        f"{_inside(top.label)}."
    ]
    spans = shown.groupby("label", sort=False)["share"].agg(["min", "max"]).reset_index()
    spans["span"] = spans["max"] - spans["min"]
    widest = next(iter(each_row(spans.sort_values("span", ascending=False, kind="stable"))))
    if widest.span > 0:
        sentences.append(
            f"Services differ most on {_inside(widest.label)}, from {_percent(widest.min)}{mark} to "
            f"{_percent(widest.max)}{mark} of their people."
        )
    if hidden := len(found.by_service) - len(shown):
        sentences.append(f"Not shown, to protect respondents: {hidden} of {len(found.by_service)} shares.")
    return " ".join(sentences)


def _who(found: Voices, style: Style) -> Iterator[str]:
    if found.section == WHOLE:
        parts = [
            f"{style(found.sources[name])} {_many(name, found.sources[name].value)}"
            for name in METHODS
            if name in found.sources
        ]
        yield f"The coded material has {listing(parts)}."
        return
    parts = []
    for name in METHODS:
        if name not in found.sources:
            continue
        number, of = found.whole[f"themes.{found.section}.n.{slug(name)}"], found.sources[name]
        if number.value != 0:
            parts.append(f"{style(number)} of {style(of)} {_many(name, of.value)}")
    if parts:
        yield f"The subject comes up in {listing(parts)}."


def _most(found: Voices, style: Style) -> Iterator[str]:
    """The themes that most people raise, and those that most sessions do."""
    survey = _column(SURVEY)
    if survey in found.raised:
        ranked = found.raised.dropna(subset=[survey]).sort_values(survey, ascending=False, kind="stable")
        ranked = ranked[ranked[survey] > 0]
        first = [alike for _, alike in ranked.groupby(survey, sort=False)][:2]  # as often as each other: told together
        told = [
            listing(f"{_quoted(row['label'])} ({_styled(row, survey, found, style)})" for _, row in alike.iterrows())
            for alike in takewhile(lambda themes: len(themes) <= MOST_ALIKE, first)
        ]
        if told:
            yield f"Of its themes, people in the survey raise {' most, then '.join(told)}" + (
                "." if len(told) > 1 else " most."
            )
    sessions = [name for name in map(_column, METHODS[1:]) if name in found.raised]
    sums = found.raised[sessions].sum(axis=1)
    if sessions and sums.max() > 0:
        told = []
        for _, row in found.raised[sums == sums.max()].iterrows():
            parts = [f"{_styled(row, name, found, style)} {_many(_method_of(name), row[name])}" for name in sessions]
            told.append(f"{_quoted(row['label'])} ({listing(parts)})")
        if len(told) <= MOST_ALIKE:
            yield f"Focus groups and interviews most often speak of {listing(told)}."


def _leaning(found: Voices, style: Style) -> Iterator[str]:
    """Whether challenges or improvements prevail, and where it is the other way round."""
    columns = [_column(name) for name in ("challenge", "improvement")]
    if not set(columns) <= set(found.raised.columns):
        return
    totals = _valence_totals(found)
    if totals:
        bad, good = totals
        if bad.value is not None and good.value is not None:
            if bad.value == good.value:
                yield f"As many sources name a challenge as an improvement, {style(bad)}."
            else:
                word = "More" if bad.value > good.value else "Fewer"
                yield f"{word} sources name a challenge ({style(bad)}) than an improvement ({style(good)})."
    known = found.raised.dropna(subset=columns)
    other = known[known[columns[1]] > known[columns[0]]]
    if 0 < len(other) < len(known):
        names = listing(_quoted(label) for label in other["label"])
        yield f"Improvements prevail on {in_words(len(other))} of {in_words(len(known))} themes: {names}."
    elif len(known) and other.empty:
        yield "On no theme do more sources name an improvement than a challenge."


def _beside_rating(found: Voices, style: Style) -> Iterator[str]:
    """The scale of the same name beside what the sources name."""
    totals = _valence_totals(found)
    if found.rating is None or found.rating.value is None or not totals:
        return
    bad, good = totals
    if bad.value is None or good.value is None or bad.value == good.value:
        return
    distance = found.rating.value - found.middle
    rated = "near the middle" if abs(distance) < NEAR else "above the middle" if distance > 0 else "below the middle"
    words = ["challenges outnumber improvements", "improvements outnumber challenges"][good.value > bad.value]
    start = f"The ratings lie {rated} of the scale ({style(found.rating)}), and in the coded material {words}"
    if abs(distance) < NEAR:
        yield f"{start}: words lean further to one side than ratings do."
    elif (distance > 0) == (good.value > bad.value):
        yield f"{start}: the two point the same way."
    else:
        yield f"{start}: the two diverge."


def _valence_totals(found: Voices) -> tuple[Number, Number] | None:
    keys = [f"themes.{found.section}.n_{name}" for name in ("challenge", "improvement")]
    if not all(key in found.whole for key in keys):
        return None
    return found.whole[keys[0]], found.whole[keys[1]]


def _count(value: object, key: str, found: Voices, style: Style) -> str:
    if key in found.numbers:
        number = found.numbers[key]
        return style(number) if number.kind != "hidden" else WITHHELD
    return WITHHELD if pd.isna(value) else style.other(format_number(float(value), "count", 0))  # type: ignore[call-overload,arg-type]


def _styled(row: pd.Series, name: str, found: Voices, style: Style) -> str:
    return _count(row[name], _key(found, str(row["theme"]), name), found, style)


def _key(found: Voices, theme: str, column: str) -> str:
    """Key of the number in a column of `raised`."""
    name = column.removeprefix("n_")
    methods = {_column(method).removeprefix("n_"): slug(method) for method in METHODS}
    return f"themes.{theme}.n.{methods[name]}" if name in methods else f"themes.{theme}.n_{name.replace('_', '-')}"


def _column(name: str) -> str:
    return f"n_{slug(name).replace('-', '_')}"


def _many(method: str, n: object) -> str:
    """One or several of what is counted: people in the survey, focus groups, interviews."""
    one, several = MANY[method]
    return (one if n == 1 else several) + (IN_SURVEY if method == SURVEY else "")


def _method_of(column: str) -> str:
    return next(name for name in METHODS if _column(name) == column)


def _number(n: int, what: str) -> str:
    return f"{n} {what}" + ("" if n == 1 else "s")


def _quoted(label: object) -> str:
    return italic(_inside(label))


def _inside(label: object) -> str:
    """A label inside a sentence: only its first letter changes, and not that of an abbreviation."""
    text = str(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _percent(value: float) -> str:
    return format_number(float(value), "percent", 0)
