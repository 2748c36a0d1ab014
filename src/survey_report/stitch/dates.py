"""Dates of the front matter: read strictly, written by language or by a pattern, never from the clock."""

from __future__ import annotations

import datetime
import re

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def read_date(value: str) -> datetime.date | None:
    """A date written year-month-day; None for anything else (free text is refused elsewhere)."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        return None
    try:
        return datetime.date.fromisoformat(value.strip())
    except ValueError:
        return None


def write_date(day: datetime.date, pattern: str, lang: str = "en") -> str:
    """The date by a name (full, long, medium, short, iso) or a pattern such as `D MMMM YYYY`."""
    american = lang.lower() in ("en", "en-us")
    named = {
        "full": "dddd, MMMM D, YYYY" if american else "dddd, D MMMM YYYY",
        "long": "MMMM D, YYYY" if american else "D MMMM YYYY",
        "medium": "MMM D, YYYY" if american else "D MMM YYYY",
        "short": "M/D/YY" if american else "DD/MM/YYYY",
        "iso": "YYYY-MM-DD",
    }
    fields = {
        "YYYY": f"{day.year:04d}",
        "YY": f"{day.year % 100:02d}",
        "MMMM": MONTHS[day.month - 1],
        "MMM": MONTHS[day.month - 1][:3],
        "MM": f"{day.month:02d}",
        "M": str(day.month),
        "DD": f"{day.day:02d}",
        "D": str(day.day),
        "dddd": DAYS[day.weekday()],
        "ddd": DAYS[day.weekday()][:3],
    }
    return re.sub(
        r"\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd",
        lambda found: found[1] if found[1] is not None else fields[found[0]],
        named.get(pattern, pattern),
    )
