"""How it runs: the steps, what was built from what, Dagster's assets, jobs and instance."""
