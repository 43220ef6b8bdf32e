"""How a refresh runs: the steps, which of them may run at the same time, the state of every table, and Dagster's view of it.

Here: everything between "a stage can write this table" and "Dagster shows that it is there".
Not here: the work of a stage (ingestion/, standardization/, linkage/, models/, publication/), the rules (quality/).

Why there is a scheduler of our own
-----------------------------------
A refresh has about 250 tables. Most of them take less than 0.1 s to write, and a few take many seconds. All of them are
in one DuckDB file, which only one process at a time may open to write. Dagster's multiprocess executor starts a process for each
step, and each process opens the file again: 100 assets with 200 checks took 178 s with it, and 10.8 s in one process
(2 cores, Dagster 1.13). So all steps of a run share one process and one DuckDB connection (`dg.in_process_executor`), and
DuckDB uses all cores inside a statement.

That alone leaves the cores idle while Dagster starts and stores its events: 24 % of the time of a refresh of the whole city
(SCALE=1, 229 s). So a run has two threads, each with cursors of the one connection:

- The run's thread is Dagster's. It goes through the steps in the order of the run, promotes each table and logs it.
- One worker thread (worker.py) writes and validates the tables that come later. It takes the largest table that is ready,
  and the run's thread writes a table itself when it reaches one that the worker has not begun.

What may run at the same time (scheduler.py)
--------------------------------------------
1. A table goes through write, audit, publish: its step writes a *staging table* (`<table>__next`), validates it, and only
   then promotes it. To promote is to swap the staging table in, in one transaction with its check results and its state.
2. A step may write its staging table as soon as every table that it reads is *current*: promoted in this run, found
   unchanged, or not part of the run.
3. Promotion happens in run order, one table at a time, in the run's thread, each in its own transaction. So a reader
   never sees half a table, and two promotions never wait for each other.
4. A failed blocking check keeps the former table, and nothing downstream of it is built. Other branches go on.
5. A step of *parts* (the snapshot) is not written early as a whole. Each part is done once what it reads is current.

The state of every table (state.py)
-----------------------------------
`governance.table_state` has, for each table, a digest of all that decided its content (SQL, catalogue entry, code of the
stage, versions of the tables it reads, files in landing/) and the version of what was written. A table whose digest is
the same is current and is not written again. A table that is written and comes out as it was keeps its version, so what
reads it stays current (early cutoff). `inputs` has the versions that a table was made from, and `changed_from` the version
from which its change table leads to the present one. Where both fit, an incremental table is written only for the keys that
the changed rows concern (../incremental.py). Dagster's asset shows that version as its `data_version`. Dagster's own
"stale" status is not used: it is in the event log, and the warehouse must be right without that log.

A killed run
------------
What was promoted stays, with its state. Staging tables are written over, an unfinished snapshot is removed when the
warehouse is opened next, and the operating system releases the lock of a dead process. So the next run goes on where the
killed one stopped, and there is nothing to clean up by hand. Dagster's daemon finds within seconds that the process of the
run is gone, and fails the run (launcher.py); without a daemon, the UI goes on showing it as started.

One lock
--------
`warehouse.open_warehouse` takes it, so every way to write the warehouse takes it: `suining refresh`, `suining fetch`,
`suining review decide`, and runs from Dagster's UI. A refresh waits and says for whom, in the terminal or in its log; short
commands say so and end. Dagster's queue starts one run at a time, so that runs wait there and not in processes.

What it rests on in Dagster
---------------------------
storage.py and launcher.py are the only files that import private modules of Dagster, and instance.py names
one in `dagster.yaml`. `test_dagster_internals.py` checks them, and the methods that are overridden, against the installed
version: run it first after an upgrade.

Files: step.py (what a step is), pipeline.py (which steps there are), delivery_problems.py and snapshot_step.py (steps
of this package), delivery_checks.py and delivery_texts.py (what they say of deliveries), validation.py and
check_results.py (checks of a staging table, and their results as data), state.py, scheduler.py, worker.py, assets.py
(steps as Dagster assets), refresh.py (a run from the command line), summary.py (what it prints), morning.py (what the
page of a run says at its end), automation.py and freshness.py (what starts by itself), instance.py, storage.py and
launcher.py (Dagster's home, its storage, its processes).
"""
