"""Tokens: the keys of records without an accepted number in the identity registry.

Here: the digest of what a record reports, and the migration of a registry from former tokens.
Not here: the keys of accepted numbers (deterministic.py), which cluster gets which id (registry.py).

A token is `record:v2:` and the MD5 of sorted, joined text. So a row keeps its token when it is delivered again,
elsewhere, in another order, or read by another engine. Until version 0.3.0 a token was `record:` and the MD5 of lists as
DuckDB 1.5.5 prints them.
"""

import duckdb

from suining_data.warehouse import transaction

PREFIX = "record:v2:"
_TEXTS = {
    "person": ("received", "contested_number", "name", "sex_code", "birth", "phone"),
    "organization": ("received", "name", "representative_name", "phone"),
}
_LATER = {"person": (), "organization": ("contested_number",)}  # left out of the digest where a record has none
_LISTS = ("addresses", "shared_identifiers")
_BETWEEN_VALUES, _BETWEEN_ITEMS = "chr(31)", "chr(30)"  # unit and record separator: no cleaned text has them


def token(subject: str) -> str:
    """SQL over linked.<subject>_evidence: the token of a record."""
    texts = [f"coalesce({column}, '')" for column in _TEXTS[subject]]
    lists = [f"coalesce(array_to_string(list_sort({column}), {_BETWEEN_ITEMS}), '')" for column in _LISTS]
    values = [*texts, *lists, *_LATER[subject]]
    return f"'{PREFIX}' || md5(concat_ws({_BETWEEN_VALUES}, resource_id, role, {', '.join(values)}))"


def _former_token(subject: str) -> str:
    """SQL: the token that a record had before version 0.3.0."""
    columns = [f"coalesce(cast({column} as varchar), '')" for column in (*_TEXTS[subject], *_LISTS)]
    return f"'record:' || md5(concat_ws('|', resource_id, role, {', '.join(columns)}))"


def move_tokens(con: duckdb.DuckDBPyConnection, subject: str) -> int:
    """Replace former tokens of the registry by new ones, where their record is in linked.<subject>_unresolved.

    Ids and decisions stay with their records. The former token of a record that is not delivered now is kept; it is
    replaced when the record comes back. Returns the number of replaced tokens.
    """
    keys = f"""
        select identity_key from registry.{subject}_identity
        union all select unnest([token_l, token_r]) from registry.decision where subject = '{subject}'
    """
    is_former = f"starts_with(identity_key, 'record:') and not starts_with(identity_key, '{PREFIX}')"
    if not con.execute(f"select 1 from ({keys}) where {is_former} limit 1").fetchone():
        return 0
    con.execute(f"""
        create or replace temp table moved_token as
        select former, min(token) as token from (
            select {_former_token(subject)} as former, token from linked.{subject}_unresolved where starts_with(token, '{PREFIX}')
        ) group by former
    """)
    with transaction(con):
        moved = con.execute(f"""
            update registry.{subject}_identity as identity set identity_key = moved.token from (
                select former, token from moved_token
                join registry.{subject}_identity on identity_key = former
                anti join registry.{subject}_identity as present on present.identity_key = moved_token.token
                qualify row_number() over (partition by token order by minted_at, {subject}_id, former) = 1
            ) as moved where identity.identity_key = moved.former
        """).fetchone()
        for column in ("token_l", "token_r"):
            con.execute(f"""
                update registry.decision as decision set {column} = moved.token from moved_token as moved
                where decision.{column} = moved.former and subject = '{subject}'
            """)
    return int(moved[0]) if moved else 0
