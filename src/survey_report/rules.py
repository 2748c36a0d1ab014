"""What rules of the register may name: quantities, parts of their row, and little else."""

from __future__ import annotations

from collections.abc import Iterable

from survey_report import expressions
from survey_report.errors import Problem
from survey_report.register import Figure, Register
from survey_report.study import Study

# What a rule may do with quantities beside comparing and reckoning.
PLAIN = ("abs", "len", "min", "max", "sum", "all", "any")
FUNCTIONS = (
    "r0", "r2", "items", "scores", "categories", "participants", "sessions", "n", "pct", "total", "present", "n_base",
    "answering", "mean", "group_mean", "pairs", "p_pair", "p_min",
    "invited", "raising", "excerpts",
)  # fmt: skip
VALUES = (
    "scales", "groupings", "periods", "n_complete", "n_incomplete", "n_open_answer", "n_participants",
    "first_day", "last_day", "weeks_open",
)  # fmt: skip
ROW_VALUES = (
    "scale", "item", "group_by", "group", "a", "b", "period", "value", "value_high", "theme_id", "theme_ids", "tables",
    "sets",
)  # fmt: skip
# What nothing computes: a row that needs one is open.
NOT_YET = ("years_named",)


def side_measures(study: Study) -> frozenset[str]:
    """Shares of one side of the answers, as the study names them: `pct_positive`, `pct_worse`."""
    return frozenset(name for answers in study.response_sets.values() for name in answers.measures.values())


def option_measures(study: Study) -> dict[str, str]:
    """Shares of a single answer with its option's id: `pct_very_good`."""
    options = [option.id for answers in study.response_sets.values() for option in answers.options]
    named = {f"pct_{option.replace('-', '_')}": option for option in options}
    return {name: option for name, option in named.items() if name not in side_measures(study)}


def count_name(share: str) -> str:
    """`n_positive` for `pct_positive`: the answers that the share counts."""
    return f"n_{share.removeprefix('pct_')}"


def answer_measures(study: Study) -> frozenset[str]:
    """Shares and counts of the answers to one question."""
    sides = side_measures(study)
    return sides | set(map(count_name, sides)) | set(option_measures(study))


def check_rules(register: Register, study: Study) -> Iterable[Problem]:
    """Rules that cannot be read, or that name what is neither a quantity nor a part of the row."""
    functions = frozenset({*PLAIN, *FUNCTIONS, *NOT_YET}) | answer_measures(study)
    values = frozenset({*VALUES, *ROW_VALUES, *NOT_YET})
    for figure in register.figures:
        try:
            if figure.rule:
                expressions.check(figure.rule, expressions.FULL, functions, values)
        except ValueError as error:
            yield unreadable(study.files["published"].name, figure, error)


def unreadable(file: str, figure: Figure, error: Exception) -> Problem:
    """The problem of a rule that cannot be evaluated."""
    message = f"cannot be evaluated: {type(error).__name__}: {error}"
    remedy = "use the quantities that rules may name, comparisons, and/or/not, sums over groups or items"
    return Problem(file, f"{figure.id}, rule", figure.rule[:120], message, remedy)
