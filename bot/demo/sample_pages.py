"""The sample news site as a reader sees it: front pages and articles.

Owns their HTML, with the Open Graph tags that link previews are made of. Refuses scripts, and
anything from another address.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.demo.sample_feeds import PublishedStory, SampleSource

_STYLE = """
:root { color-scheme: light dark;
  --ink: #1c1a17; --soft: #6b655c; --paper: #fbf9f5; --line: #e3ded4 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8e1; --soft: #a39c90; --paper: #171614; --line: #34312c }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 19px/1.6 Charter, "Iowan Old Style", Georgia, serif }
header { border-bottom: 1px solid var(--line); padding: 18px 24px; text-align: center }
header a { color: var(--mast); font-size: 28px; font-weight: 700; text-decoration: none;
  letter-spacing: -0.01em }
header p { margin: 0; color: var(--soft); font-size: 14px; font-style: italic }
main { max-width: 680px; margin: 0 auto; padding: 28px 24px 64px }
h1 { font-size: clamp(28px, 5vw, 40px); line-height: 1.15; letter-spacing: -0.015em;
  text-wrap: balance; margin: 8px 0 12px }
h2 { font-size: 22px; line-height: 1.3; margin: 2px 0 }
h2 a { color: inherit; text-decoration: none }
h2 a:hover { text-decoration: underline }
.meta { color: var(--soft); font: 14px/1.5 system-ui, sans-serif; margin: 0 }
img { width: 100%; height: auto; border-radius: 6px; margin: 20px 0 8px; display: block }
article + article { border-top: 1px solid var(--line); margin-top: 18px; padding-top: 18px }
footer { border-top: 1px solid var(--line); color: var(--soft); margin-top: 40px;
  padding-top: 14px; font: 14px/1.5 system-ui, sans-serif }
"""
_FOOTER = "Made up for Coinbell\u2019s demo. Nothing here has happened."


def article_html(source: SampleSource, published: PublishedStory) -> str:
    """Give an article's page, with the tags that a link preview is made of."""
    story = published.story
    head = f"""
<meta property="og:type" content="article">
<meta property="og:site_name" content="{escape(source.name)}">
<meta property="og:title" content="{escape(story.title)}">
<meta property="og:description" content="{escape(story.lead)}">
<meta property="og:image" content="{escape(published.picture_url)}">
<meta property="og:url" content="{escape(published.url)}">"""
    body = f"""
<p class="meta">{escape(" · ".join(story.categories))}</p>
<h1>{escape(story.title)}</h1>
<p class="meta">{_when(published)}</p>
<img src="{escape(published.picture_url)}" width="1200" height="630" alt="">
<p>{escape(story.lead)}</p>
<p>{escape(story.more)}</p>"""
    return _document(source, story.title, head, body)


def front_html(source: SampleSource, stories: Sequence[PublishedStory]) -> str:
    """Give a source's front page: its stories, newest first."""
    newest_first = sorted(stories, key=lambda published: published.number, reverse=True)
    body = "".join(
        f"""
<article>
<p class="meta">{_when(published)}</p>
<h2><a href="{escape(published.url)}">{escape(published.story.title)}</a></h2>
</article>"""
        for published in newest_first
    )
    return _document(source, source.name, "", body)


def _when(published: PublishedStory) -> str:
    """Give a time of publication as an HTML element that people can read."""
    at = published.published_at
    return f'<time datetime="{at.isoformat()}">{at:%d %B %Y, %H:%M} UTC</time>'


def _document(source: SampleSource, title: str, head_html: str, body_html: str) -> str:
    """Give a whole page with the source's masthead around a body."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · {escape(source.name)}</title>
<link rel="icon" href="data:,">
<link rel="alternate" type="application/xml" href="/site/{source.key}/feed.xml">{head_html}
<style>:root {{ --mast: light-dark({source.colour}, #d9b98f) }}{_STYLE}</style>
</head>
<body>
<header><a href="/site/{source.key}/">{escape(source.name)}</a>
<p>{escape(source.tagline)}</p></header>
<main>{body_html}
<footer>{_FOOTER}</footer>
</main>
</body>
</html>
"""
