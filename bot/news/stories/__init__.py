"""Which articles tell the same event, and when a story changes.

How it is decided whether an article joins a story, in the order of the code:

1. `lexicon` knows the words (`words.json`, by hand) and how often they are told
   (`word_counts.json`). `wording` cuts a title or a lead into words that mean the same for every
   source, by `stems`, `phrases` (acts that are told by two words) and `amounts` (numbers).
2. `headlines` reads each article once: its form, names, assets, acts, amounts, days, what is
   main clause and what is aside, and by `openings` what its lead's first sentence tells.
3. `recent` remembers the articles of 48 hours by their words and gives the forty that share most
   with a new one. Each of those is a pair, on which `likeness` decides:
4. `clashes` ends it where something excludes one event: `subjects` (whom it is about),
   `opposites` and `steps` (what was done), `slots` (one word in another's place), `sums` (how
   much). `acts` are sorts of acts that several of them ask for.
5. What is left is measured: `evidence` is what both titles share, `contrasts` what differs, and
   `lead_evidence` what the leads add. A measure decides nothing by itself.
6. `likeness` weighs the measures by one of two models (`weights.json`): of titles alone, or of
   articles of which one has a lead. From the model's threshold on the two are of one event.
7. `recent` lets the article join the likest story where it is like the first article of the
   latest revision, or two of the story's, or very surely one. `revisions` says whether it
   changes the story, which then is told anew.

Every decision has its reason in words (`reasons`). The weights are learned by
`tests/quality/story_training.py`, and measured by `tests/quality/stories.py`; to teach a word, add
it to `words.json` and learn anew. `story_lines` prints the stories of a file of articles.
"""
