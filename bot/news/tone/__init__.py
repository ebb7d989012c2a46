"""Whether an article is good or bad news."""
