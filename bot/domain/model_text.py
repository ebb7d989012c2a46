"""What a language model wrote about an article, once it was checked.

Owns the value and its form in the database: a JSON object with `overview`, `happened` and
`impact`. Refuses to check it against the article: that is `bot.news.summaries.faithful`.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelText:
    """An overview, what happened, and the impact on the market, one sentence an entry.

    All plain, raw text; the first is never empty, the others may be.
    """

    overview_text: str
    happened_text: str = ""
    impact: tuple[str, ...] = ()

    @property
    def whole_text(self) -> str:
        """All of it, a part a line."""
        return "\n".join(
            part for part in (self.overview_text, self.happened_text, *self.impact) if part
        )


def stored_model_text(model_text: ModelText) -> str:
    """The text that the database keeps; `read_model_text` reads it back to an equal value."""
    return json.dumps(
        {
            "overview": model_text.overview_text,
            "happened": model_text.happened_text,
            "impact": list(model_text.impact),
        },
        ensure_ascii=False,
    )


def read_model_text(stored: str | None) -> ModelText | None:
    """The value that `stored` holds; None for None and for what is no such text."""
    try:
        found = json.loads(stored) if stored else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    overview, happened = found.get("overview"), found.get("happened", "")
    impact = found.get("impact", [])
    if not (isinstance(overview, str) and isinstance(happened, str) and isinstance(impact, list)):
        return None
    if not overview or not all(isinstance(sentence, str) for sentence in impact):
        return None
    return ModelText(overview, happened, tuple(impact))
