"""The order in which a survey puts its questions, page by page, worked out from the study."""

from __future__ import annotations

from survey_report.study import Question, Study

Page = tuple[Question, ...]


def survey_pages(study: Study) -> tuple[Page, ...]:
    """Consent; what answers are grouped by and routed on; each scale's items, changes and open questions; the rest.

    A routing question that only one scale depends on opens that scale's first page.
    """
    consent = study.consent[0] if study.consent else ""
    closed = {q.item: q for q in study.asked if q.type in ("demographic", "routing")}
    scale_routes: dict[str, set[str]] = {}
    for question in study.asked:
        for item, _ in question.asked_if:
            scale_routes.setdefault(item, set()).add(question.scale)
    own = {item: next(iter(scales)) for item, scales in scale_routes.items() if len(scales) == 1}
    grouped = {g.id for g in study.groupings} | set(scale_routes)
    first = [q for item, q in closed.items() if item != consent and item in grouped]
    first = [q for q in first if q.item not in own or q.item in {g.id for g in study.groupings}]
    pages: list[Page] = [(closed[consent],)] if consent in closed else []
    pages.append(tuple(first))
    placed = {q.id for page in pages for q in page}
    for scale in study.scales:
        gate = [q for item, q in closed.items() if own.get(item) == scale.id and q.id not in placed]
        pages.append((*gate, *scale.items))
        pages.append(scale.changes)
        pages.append(tuple(q for q in study.open_questions if q.scale == scale.id))
        placed |= {q.id for page in pages[-3:] for q in page}
    pages.append(tuple(q for q in study.asked if q.id not in placed))
    return tuple(page for page in pages if page)
