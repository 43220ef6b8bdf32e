"""Delta = full: after any change, what a refresh leaves behind is what a rebuild makes of the same deliveries.

Here: random changes to the deliveries of a small made-up city, one after another; after each the refreshed warehouse and
a rebuilt one, compared row by row, ids included. And the past of many nights: state before + change feed = state after,
and what was kept apart on a night is what the history says of it. Not here: what a table must contain (the tests of its
package).

Files: town.py (the town: its part of the catalogue, its deliveries, its steps), registers.py (the files of a department
as rows), exchange.py (the table of the exchange database), edits.py (one row, changed), changes.py (the kinds of change),
twin.py (refresh, rebuild, compare), feed.py (the change feed of a refresh), kept_nights.py (snapshots of nights, and the
answers about them), sizes.py (what the history takes).
"""
