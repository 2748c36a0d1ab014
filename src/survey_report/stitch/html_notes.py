"""Notes of a page: their marks in the text, and the list at its end."""

from __future__ import annotations

from survey_report.stitch.tree import Node, raw, raw_inline, rewrite


def footnotes(blocks: list[Node]) -> tuple[list[Node], list[Node]]:
    """Notes replaced by their marks, and the list of notes for the end of the page."""
    notes: list[list[Node]] = []

    def visit(node: Node) -> list[Node] | None:
        if node["t"] != "Note":
            return None
        notes.append([])
        number = len(notes)
        notes[number - 1] = rewrite(node["c"], visit)
        link = (
            f'<a href="#fn{number}" class="footnote-ref" id="fnref{number}" role="doc-noteref"><sup>{number}</sup></a>'
        )
        return [raw_inline("html", link)]

    made = rewrite(blocks, visit)
    items: list[Node] = []
    for number, content in enumerate(notes, start=1):
        back = raw_inline(
            "html",
            f'<a href="#fnref{number}" class="footnote-back" role="doc-backlink" aria-label="Back to the text">↩︎</a>',
        )
        last = content[-1] if content and content[-1]["t"] in ("Para", "Plain") else {"t": "Para", "c": []}
        rest = content[:-1] if last is content[-1] else content
        items += [raw("html", f'<li id="fn{number}">'), *rest, {"t": last["t"], "c": [*last["c"], back]}]
        items.append(raw("html", "</li>"))
    return made, items
