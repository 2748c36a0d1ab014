"""How many raise each theme: by method, by service, as challenge or improvement, and together with others.

A theme is a code with all codes below it. What is counted are people and sessions (`speakers`): a respondent once with
all their answers, a focus group once, an interview once, each by one coder's coding; so counts of the three methods are
counts of different things. Survey respondents are protected like every count of respondents: hidden counts are missing,
with `shown` false. A number over all methods is hidden with the survey's part of it.

What two themes have in common is not protected against each other: who knows that nobody raised both of two themes
under a wider one can work out one of the three counts from the other two.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import pandas as pd

from survey_report.disclosure import Policy
from survey_report.qualitative.corpus import Corpus, slug, themes, valences
from survey_report.qualitative.protection import is_small, may_show_parts
from survey_report.qualitative.speakers import NOT_TOLD, one_coding, raised, speakers, voices
from survey_report.study import METHODS

ALL = "all"
PROTECTED = ("survey", NOT_TOLD)  # a source without a method may be a respondent's answer


def result_key(theme: str, measure: str, method: str = ALL, *more: str) -> str:
    """Stable key of a number on a theme, as in results.json: `themes.waits.n.survey.health`."""
    return ".".join(["themes", theme, measure, slug(method), *more])


def source_counts(corpus: Corpus, policy: Policy, protected: Collection[str] = PROTECTED) -> pd.DataFrame:
    """One row a method and service, and one for all of either: `method`, `service`, `n`, `key`, `shown`.

    `n` is the number of people (of focus groups, of interviews).
    """
    rows = voices(corpus)
    services = sorted(rows["service"].unique())
    found = []
    for method in _methods(corpus):
        counts = rows.loc[rows["method"] == method, "service"].value_counts().reindex(services, fill_value=0)
        keys = [f"sources.n.{slug(method)}.{service}" for service in services]
        shown = pd.Series(True, index=counts.index)
        if method in protected:
            shown = may_show_parts(counts, keys, policy, [False] * len(keys))
        found += [
            (method, service, counts[service], key, shown[service]) for service, key in zip(services, keys, strict=True)
        ]
        total, key = int(counts.sum()), f"sources.n.{slug(method)}"
        small = method in protected and is_small(total, policy) and key not in policy.released
        found.append((method, ALL, total, key, not small))
    return _protected(found, ["method", "service", "n", "key", "shown"])


def theme_counts(
    corpus: Corpus, policy: Policy, protected: Collection[str] = PROTECTED, chosen: Sequence[str] = ()
) -> pd.DataFrame:
    """One row a theme, method and service, with `all` for either: `theme`, `method`, `service`, `n`, `key`, `shown`.

    `n` is the number of people or sessions that raise the theme; missing where it may not be shown. Themes are in the
    order of the code frame, all of them unless some are `chosen`. Survey respondents of a service with too few of them
    are not reported at all.
    """
    rows, table = voices(corpus), raised(corpus)
    services, methods = sorted(rows["service"].unique()), _methods(corpus)
    bases = rows.groupby(["method", "service"]).size().to_dict()
    counts = table.groupby(["theme", "method", "service"]).size().to_dict()
    sizes, found = rows["method"].value_counts().to_dict(), []
    for theme in chosen or map(str, corpus.codes["code"]):
        totals, visible = dict.fromkeys((*services, ALL), 0), dict.fromkeys((*services, ALL), True)
        for method in methods:
            numbers = pd.Series({s: int(counts.get((theme, method, s), 0)) for s in services}, dtype="int64")
            keys = [result_key(theme, "n", method, service) for service in services]
            whole, key = int(numbers.sum()), result_key(theme, "n", method)
            shown = dict.fromkeys((*services, ALL), True)
            if method in protected:
                reported = [
                    policy.group_may_show(int(bases.get((method, s), 0)), k)
                    for s, k in zip(services, keys, strict=True)
                ]
                most = [int(bases.get((method, s), 0)) for s in services]
                shown |= may_show_parts(numbers, keys, policy, [not r for r in reported], most).to_dict()
                enough = policy.group_may_show(sizes[method], key)
                shown[ALL] = key in policy.released or (enough and not is_small(whole, policy))
            for service, k in zip((*services, ALL), (*keys, key), strict=True):
                number = whole if service == ALL else int(numbers[service])
                found.append((theme, method, service, number, k, shown[service]))
                totals[service] += number
                visible[service] &= shown[service]
        for service, number in totals.items():
            key = result_key(theme, "n", ALL, *([] if service == ALL else [service]))
            found.append((theme, ALL, service, number, key, visible[service] or key in policy.released))
    return _protected(found, ["theme", "method", "service", "n", "key", "shown"])


def theme_by_service(counts: pd.DataFrame, method: str = ALL) -> pd.DataFrame:
    """The counts of one method as a table: one row a theme, one column a service, `all` last; hidden ones missing."""
    part = counts[counts["method"] == method]
    services = [*sorted(set(part["service"]) - {ALL}), ALL]
    return part.pivot(index="theme", columns="service", values="n").reindex(part["theme"].unique())[services]


def valence_counts(corpus: Corpus, policy: Policy, protected: Collection[str] = PROTECTED) -> pd.DataFrame:
    """One row a theme, valence and method: `theme`, `valence`, `method`, `n`, `key`, `shown`.

    `n` is the number of people or sessions that raise a code of that valence within the theme (challenge against
    improvement, say). A code without a valence has that of the nearest code above it.
    """
    told = valences(corpus)
    coded = one_coding(corpus).excerpts[["source", "code"]].drop_duplicates()
    coded["valence"] = coded["code"].map(told)
    table = coded[coded["valence"] != ""].merge(themes(corpus), on="code")[["source", "theme", "valence"]]
    table = table.merge(speakers(corpus), on="source")[["who", "theme", "valence", "method"]].drop_duplicates()
    counts = table.groupby(["theme", "valence", "method"]).size().to_dict()
    within = themes(corpus).assign(valence=lambda frame: frame["code"].map(told))
    pairs = within.loc[within["valence"] != "", ["theme", "valence"]].drop_duplicates()
    methods, found = _methods(corpus), []
    sizes = voices(corpus)["method"].value_counts().to_dict()
    told_of = pairs.groupby("theme")["valence"].agg(sorted).to_dict()
    for theme in map(str, corpus.codes["code"]):
        for valence in told_of.get(theme, []):
            total, visible = 0, True
            for method in methods:
                number, key = (
                    int(counts.get((theme, valence, method), 0)),
                    result_key(theme, f"n_{slug(valence)}", method),
                )
                shown = True
                if method in protected:
                    enough = policy.group_may_show(sizes[method], key)
                    shown = key in policy.released or (enough and not is_small(number, policy))
                found.append((theme, valence, method, number, key, shown))
                total, visible = total + number, visible and shown
            found.append((theme, valence, ALL, total, result_key(theme, f"n_{slug(valence)}"), visible))
    return _protected(found, ["theme", "valence", "method", "n", "key", "shown"])


def raised_together(
    corpus: Corpus, policy: Policy, chosen: Sequence[str] = (), protected: Collection[str] = PROTECTED
) -> pd.DataFrame:
    """One row a pair of themes: `first`, `second`, `n_first`, `n_second`, `together`, `jaccard`, `key`, `shown`.

    `together` is the number of people and sessions that raise both, `jaccard` its share of those that raise either
    (missing if none does). `chosen` are the themes to pair, by default those at the top; a theme and one below it are
    no pair. A pair is hidden when either theme's own number is, or when fewer respondents than may be shown raise both,
    or one without the other.
    """
    chosen = list(chosen) or corpus.codes.loc[corpus.codes["parent"] == "", "code"].tolist()
    table = raised(corpus)
    totals = theme_counts(corpus, policy, protected, chosen)
    visible = totals[(totals["method"] == ALL) & (totals["service"] == ALL)].set_index("theme")["shown"]
    who = {theme: set(rows["who"]) for theme, rows in table.groupby("theme")}
    rows = voices(corpus)
    respondents = set(rows.loc[rows["method"].isin(list(protected)), "who"])
    kin = {frozenset(pair) for pair in themes(corpus).itertuples(index=False)}
    found = []
    for first, second in combinations(chosen, 2):
        if frozenset((first, second)) in kin:
            continue
        a, b = who.get(first, set()), who.get(second, set())
        key = result_key(first, "together", ALL, second)
        parts = [len(part & respondents) for part in (a & b, a - b, b - a)]
        shown = key in policy.released or (
            bool(visible[first] and visible[second]) and not any(is_small(part, policy) for part in parts)
        )
        jaccard = len(a & b) / len(a | b) if a | b else None
        found.append((first, second, len(a), len(b), len(a & b), jaccard, key, shown))
    columns = ["first", "second", "n_first", "n_second", "together", "jaccard", "key", "shown"]
    frame = _protected(found, columns, ("n_first", "n_second", "together"))
    return frame.astype({"jaccard": "Float64"}).assign(jaccard=lambda f: f["jaccard"].where(f["shown"]))


def _methods(corpus: Corpus) -> list[str]:
    present = set(voices(corpus)["method"])
    return [method for method in (*METHODS, *sorted(present - set(METHODS))) if method in present]


def _protected(
    rows: Sequence[tuple[object, ...]], columns: Sequence[str], counted: Sequence[str] = ("n",)
) -> pd.DataFrame:
    """The rows as a frame in which hidden counts are missing."""
    frame = pd.DataFrame(list(rows), columns=list(columns)).astype({"shown": "bool"} | dict.fromkeys(counted, "Int64"))
    for name in counted:
        frame[name] = frame[name].where(frame["shown"])
    return frame
