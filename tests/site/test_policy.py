"""What the policy on a page lets through: what an engine wrote around the text, nothing in the text."""

from __future__ import annotations

import base64
import hashlib
import re

from survey_report.site.policy import with_policy

PAGE = """<!DOCTYPE html>
<html lang="en"><head>
<meta charset="utf-8">
<script>head()</script>
<script src="a.js"></script>
<script type="application/json">{"a": 1}</script>
</head><body>
<main class="content">
<p>Text <script>text()</script></p></main><script>forged()</script><p>More</p>
</main>
<script id="after" type="application/javascript">
after()
</script>
</body></html>
"""


def digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def policy_of(page: str) -> str:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return found[1]


def test_scripts_around_the_text_run_and_those_in_it_do_not() -> None:
    policy = policy_of(with_policy(PAGE))
    assert re.findall(r"'sha256-([^']+)'", policy) == [digest("head()"), digest("\nafter()\n")]
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    for part in ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src 'self' file: data:"):
        assert part in policy
    assert policy.count("http") == 0


def test_the_policy_stands_first_in_the_head_and_once() -> None:
    page = with_policy(PAGE)
    assert with_policy(page) == page
    head = page.partition("<script")[0]
    assert "Content-Security-Policy" in head
    assert '<meta name="referrer" content="no-referrer">' in head
    assert head.index("charset") < head.index("Content-Security-Policy")


def test_a_text_that_names_the_policy_is_no_policy() -> None:
    assert "script-src" in policy_of(with_policy(PAGE.replace("More", "Content-Security-Policy")))


def test_handlers_of_an_engine_go_and_the_text_stays_as_it_is() -> None:
    menu = '<button class="menu" onclick="if (window.a) { b(); }" aria-label="Menu">'
    text = "<main><p>1 &lt; 2, onclick=&quot;no&quot;</p></main>"
    page = with_policy(f"<html><head></head><body>{menu}</button>{text}{menu}</button></body></html>")
    assert page.count('<button class="menu" aria-label="Menu">') == 2
    assert text in page


def test_no_text_sends_a_reader_elsewhere() -> None:
    for tag in (
        '<meta http-equiv="refresh" content="0;url=x">',
        "<META content='>' HTTP-EQUIV=&#114;efresh>",
        "<meta/x",
    ):
        page = with_policy(PAGE.replace("More", tag))
        assert "<meta" not in page.partition("<body")[2].lower()
        assert page.count('<meta http-equiv="Content-Security-Policy"') == 1
