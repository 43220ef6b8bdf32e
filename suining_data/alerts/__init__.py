"""Alerts: Dagster's sensors tell a webhook what is wrong, once per cause.

Here: what is wrong now (failed_runs.py, findings.py), what a message says (messages.py), how it is sent (webhook.py), and
the two sensors (sensors.py).
Not here: finding out what is wrong (the checks of orchestration/ and quality/), what the duty officer does about it
(docs/operations.md).

Once per cause
--------------
A cause has a key: its kind, and what it is about (resource and batch, table and check, run). A sensor's cursor holds the
keys of the causes that were sent and still stand. A cause is sent when its key is not there, so it is sent again only
after it was gone and came back. Dagster stores the cursor of a tick only if the tick succeeds, and a tick fails when the
message was not taken. So a webhook that is down loses nothing: the next tick sends the same causes again.
The reverse is possible, once: a daemon that dies after the webhook took the message and before the cursor is stored.

Not too many
------------
A tick sends one message at most, whatever happened: the first causes in full, and how many more. With one tick a minute
for each sensor that is two messages a minute, and a robot of DingTalk takes 20.

What leaves the house
---------------------
The address of the webhook has a token, so neither it nor the secret is ever in a log, an error or Dagster's metadata.
A message has names of units, resources, tables, checks and files, and counts. Texts pass `cause.safe`, because the name
of a file or a column may hold anything.
"""

from suining_data.alerts.sensors import ALERT_SENSORS

__all__ = ["ALERT_SENSORS"]
