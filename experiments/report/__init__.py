"""The report: what was claimed, what was measured and how certain it is, from the tables and verdicts of runs.

runs -> `gather` (what a run says of itself) -> `ledger` (all verdicts, corrected together), `sentences` (the post's, in
order) and `pictures` (drawn anew from the tables) -> `page` (one HTML file) and `paper` (tables and figures as files).

All text of a run is of unknown origin: it is escaped, and what cannot be read becomes a note on the page.
"""
