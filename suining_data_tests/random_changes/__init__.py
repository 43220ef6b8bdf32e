"""Delta = full: after any change, what a refresh leaves behind is what a rebuild makes of the same deliveries.

Here: random changes to the deliveries of a small made-up city, one after another; after each the refreshed warehouse and
a rebuilt one, compared row by row, ids included. Not here: what a table must contain (the tests of its package).

Files: town.py (the town: its part of the catalogue, its deliveries, its steps), registers.py (the files of a department
as rows), exchange.py (the table of the exchange database), edits.py (one row, changed), changes.py (the kinds of change),
twin.py (refresh, rebuild, compare).
"""
