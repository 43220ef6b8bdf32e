"""Candidate pairs with weights, profiles and decisions written by hand, and the clusters that come of them.

Here: the test bench for clustering. Not here: the expected results (the test files).
"""

import duckdb

from suining_data.linkage.clustering import cluster
from suining_data.linkage.subject_linkage import PERSON

Pair = tuple[str, str]


class Pairs:
    """Tokens in capitals are resolved (they have an accepted number); decisions and pairs name two tokens each."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.subject = PERSON
        self.profiles: dict[str, dict[str, str]] = {}
        self.weights: dict[Pair, float] = {}
        self.verdicts: dict[Pair, str] = {}

    def of(self, token: str, **reported: str) -> None:
        """The reported values of a token: birth, sex_code, death, name; `vague_birth` if the birth says little but the year."""
        self.profiles[token] = reported

    def weigh(self, left: str, right: str, weight: float) -> None:
        """A scored pair in the order of blocking: a resolved token on the right, two unresolved ones in order."""
        ordered = sorted((left, right), key=lambda token: (token.isupper(), token))
        self.weights[ordered[0], ordered[1]] = weight
        for token in ordered:
            self.profiles.setdefault(token, {})

    def decide(self, left: str, right: str, verdict: str) -> None:
        self.verdicts[left, right] = verdict

    def cluster(self) -> None:
        columns = "node bigint, token varchar, is_resolved boolean, birth varchar, sex_code varchar, death varchar, names varchar[]"
        columns += ", plain_names varchar[], vague_birth boolean"
        self.con.execute(f"create or replace table profiles ({columns})")
        for node, (token, reported) in enumerate(sorted(self.profiles.items())):
            values = [reported.get(name) for name in ("birth", "sex_code", "death")]
            self.con.execute(
                "insert into profiles values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    node,
                    token,
                    token.isupper(),
                    *values,
                    *[[reported.get("name", token)]] * 2,
                    "vague_birth" in reported,
                ],
            )
        self.con.execute("""
            create or replace table scored (token_l varchar, token_r varchar, weight double, probability double,
                evidence struct(comparison varchar, "level" varchar, weight double)[]);
            create or replace table decisions (token_l varchar, token_r varchar, verdict varchar)
        """)
        for (left, right), weight in self.weights.items():
            self.con.execute("insert into scored values (?, ?, ?, 0.5, [])", [left, right, weight])
        for (left, right), verdict in self.verdicts.items():
            self.con.execute("insert into decisions values (?, ?, ?)", [left, right, verdict])
        cluster(self.con, self.subject, "scored", "profiles", "decisions")

    def groups(self) -> set[str]:
        """The clusters, tokens of each in order: {"Aab", "c"}."""
        self.cluster()
        rows = self.con.execute("""
            select string_agg(token, '' order by token) from (
                select token, root from member union select token, token from profiles where is_resolved
            ) group by root
        """).fetchall()
        return {tokens for (tokens,) in rows}

    def open(self) -> dict[str, str]:
        """The queue: pair -> state."""
        self.cluster()
        rows = self.con.execute("select token_l || token_r, state from open_pair").fetchall()
        assert len(rows) == len(dict(rows))
        return dict(rows)

    def rules(self) -> dict[str, str | None]:
        """Why every token is where it is."""
        self.cluster()
        return dict(self.con.execute("select token, rule from member").fetchall())
