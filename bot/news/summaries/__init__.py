"""Two or three sentences that tell an article: an extract, or a model's own."""
