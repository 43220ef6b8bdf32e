"""Blocking: the candidate pairs that linkage compares, and a profile of each record in a pair.

Here: pairs that share the columns of a blocking rule, pairs whose numbers are one mistake apart, the profiles.
Not here: what differs between persons and organisations (subject_linkage.py), how well a pair agrees (comparisons.py).

An unresolved record is paired with resolved subjects and with other unresolved records. A resolved subject is all
records of one accepted number taken together. Two resolved subjects are a pair only where a person has decided that they
are one, or where nearly everything but the number agrees (`further_pairs`): two different accepted numbers are two
subjects until a person looks at them.
"""

import duckdb

from suining_data.linkage.person_names import spelled
from suining_data.linkage.subject_linkage import MOST_PER_TOKEN, SubjectLinkage

# of the normal form of an address: up to the village or street, and the town
_PLACE = "^(?:[^|]*[|])?.*?(?:社区|村|居委会|大道|路|街|巷)"
_TOWN = "^[^|]+[|]"
# Addresses are compared by their normal forms.
WITH_FORMS = "select * exclude (addresses, address_forms), address_forms as addresses from"

PAIR, PROFILE, FREQUENCY = "candidate_pair", "candidate_profile", "name_frequency"  # temporary tables


def find_candidates(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, decisions: str) -> None:
    """Fill the temporary tables candidate_pair(token_l, token_r), candidate_profile(token, is_resolved, ...), name_frequency.

    token_l is unresolved. token_r is the identity key of a resolved subject, or another unresolved token; then
    token_l < token_r. Two identity keys are a pair only through `further_pairs` or a decision: `decisions` is a table of
    token_l, token_r, verdict. Reads linked.<subject>_unresolved and the evidence.
    """
    con.execute(f"create or replace temp table resolved as {WITH_FORMS} ({subject.resolved})")
    con.execute(f"""
        create or replace temp table unresolved as
        select distinct token, received, {", ".join(subject.columns)}
        from ({WITH_FORMS} linked.{subject.name}_unresolved) where token is not null
    """)
    con.execute(f"create or replace temp table near_number as {_near_numbers(subject)}")
    blocks = [block(rule, "resolved", "identity_key") for rule in subject.blocking_rules]
    blocks += [block(rule, "unresolved", "token") for rule in subject.blocking_rules]
    blocks += ["select token, identity_key from near_number", _same_received(), subject.further_pairs]
    blocks += [_decided_same(decisions)]
    con.execute(
        f"create or replace temp table {PAIR} as select distinct * from ({' union all '.join(f'({pairs})' for pairs in blocks)})"
    )
    con.execute(f"create or replace temp table {PROFILE} as {profiles(subject)}")
    con.execute(f"create or replace temp table {FREQUENCY} as {_frequencies(subject, rounded_subjects(con))}")


def rounded_subjects(con: duckdb.DuckDBPyConnection) -> int:
    """The number of resolved subjects for the weights, to two digits; reads the temporary table resolved.

    To the last digit, it would change every night, and with it all weights, and all rows that are derived from them.
    Rounding changes a weight by 0.07 at most.
    """
    (counted,) = con.execute("select count(distinct identity_key) from resolved").fetchall()[0]
    return int(float(f"{counted:.2g}"))


def _frequencies(subject: SubjectLinkage, subjects: int) -> str:
    """SELECT of a name and its frequency: the share of resolved subjects that have it by chance, without the matching one."""
    name = subject.frequent
    return f"""
        select {name}, greatest(count(distinct identity_key) - 1, {subject.namesakes})
            / {max(subjects, 1)} as tf_{name}
        from resolved semi join {PROFILE} using ({name}) group by {name}
    """


def block(rule: tuple[str, ...], right: str, key: str) -> str:
    """SELECT of the pairs of `unresolved` and `right` that share every column of a blocking rule.

    A blocking key that more than MOST_PER_TOKEN of `right` share is dropped before the join, so a frequent key costs
    nothing. A token with more pairs than that through several keys gets no pair from the rule.
    """
    columns = ", ".join(rule)
    on = " and ".join(f"l.{column} = r.{column}" for column in rule)
    order = "" if right == "resolved" else " and l.token < r.candidate"
    return f"""
        select token_l, token_r from (
            with unresolved_key as {_exploded(rule, "unresolved", "token")},

            candidate as (
                select distinct {key} as candidate, {columns}
                from {_exploded(rule, right, key)} semi join unresolved_key using ({columns})
                qualify count(*) over (partition by {columns}) <= {MOST_PER_TOKEN}
            )

            select distinct l.token as token_l, r.candidate as token_r
            from unresolved_key as l join candidate as r on {on}{order}
        ) qualify count(*) over (partition by token_l) <= {MOST_PER_TOKEN}
    """


def _exploded(rule: tuple[str, ...], table: str, key: str) -> str:
    lists = {"address": "addresses", "shared_identifier": "shared_identifiers"}
    columns = [f"unnest({lists[name]}) as {name}" if name in lists else name for name in rule]
    return f"(select {key}, {', '.join(columns)} from {table})"


def _near_numbers(subject: SubjectLinkage) -> str:
    """SELECT of pairs: the number is one mistake away from the delivered one, or has the same first 15 digits.

    A spreadsheet keeps 15 digits of a number and replaces the rest by zeros.
    """
    symbols = ", ".join(f"'{symbol}'" for symbol in subject.alphabet)
    return f"""
        with damaged as (
            select distinct token, received, unnest(range(1, length(received) + 1)) as position
            from unresolved where length(received) between 17 and 19
        ),

        symbol as (select unnest([{symbols}]) as symbol),

        repaired as (
            select token, left(received, position - 1) || symbol || substr(received, position + 1) as number
            from damaged, symbol where length(received) = 18
            union all
            select token, left(received, position - 1) || substr(received, position + 1, 1) || substr(received, position, 1)
                || substr(received, position + 2)
            from damaged where length(received) = 18
            union all
            select token, left(received, position) || symbol || substr(received, position + 1)
            from damaged, symbol where length(received) = 17
            union all
            select token, left(received, position - 1) || substr(received, position + 1)
            from damaged where length(received) = 19
        ),

        number as (select distinct identity_key, number from resolved where length(number) = 18),

        truncated as (select distinct token, left(received, 15) as start from unresolved
            where length(received) = 18 and suffix(received, '000'))

        select token, identity_key from repaired join number using (number)
        union
        select token, identity_key from truncated join number on left(number, 15) = start
        qualify count(*) over (partition by token) <= {MOST_PER_TOKEN}
    """


def _same_received() -> str:
    """SELECT of pairs of records that were delivered with the same damaged number."""
    return """
        select l.token, r.token from unresolved as l join unresolved as r
        on l.received = r.received and l.token < r.token and length(l.received) between 15 and 19
    """


def _decided_same(decisions: str) -> str:
    """SELECT of pairs that a person decided are one subject: compared whatever they share, while both tokens exist."""
    return f"""
        select case when l.is_resolved then r.token else l.token end, case when l.is_resolved then l.token else r.token end
        from {decisions} as decision
        join (select token, false as is_resolved from unresolved union select identity_key, true from resolved) as l
            on l.token = least(token_l, token_r)
        join (select token, false as is_resolved from unresolved union select identity_key, true from resolved) as r
            on r.token = greatest(token_l, token_r)
        where verdict = 'same'
    """


def profiles(subject: SubjectLinkage) -> str:
    """SELECT of one profile for each token in a candidate pair: the values that its records report, several as lists."""
    kept = f"select token_l as token from {PAIR} union select token_r from {PAIR}"
    scalars = [
        column
        for column in subject.columns
        if column not in ("name", "plain_name", "former_name", "phone", "addresses", "shared_identifiers")
    ]
    best = ", ".join(
        f"arg_min({column}, (name_authority, {column})) filter (where {column} is not null) as {column}"
        for column in ["name", *scalars]
    )
    former = (
        "list(distinct former_name) filter (where former_name is not null)"
        if "former_name" in subject.columns
        else "[]"
    )
    return f"""
        with kept as ({kept}),

        reported as (
            select identity_key as token, true as is_resolved, name_authority, number,
                {", ".join(subject.columns)}
            from resolved semi join kept on resolved.identity_key = kept.token
            union all
            select token, false, 0, received, {", ".join(subject.columns)}
            from unresolved semi join kept using (token)
        ),

        profile as (
            select token, bool_or(is_resolved) as is_resolved, {best},
                list_sort(list_distinct(list_concat(list(distinct name) filter (where name is not null), {former})))
                    as names,
                min(number) as number,
                list_sort(list(distinct phone) filter (where phone is not null)) as phones,
                list_sort(list_distinct(flatten(list(addresses) filter (where addresses is not null)))) as addresses,
                list_sort(list_distinct(flatten(list(shared_identifiers) filter (where shared_identifiers is not null)))) as shared_identifiers
            from reported group by token
        ),

        spelled as ({spelled(_plain_names(subject))}),

        every_form as (
            select token, list_sort(list(distinct plain_name)) as plain_names, list_sort(list(distinct sound)) as sounds,
                list_sort(list(distinct shape)) as shapes, list_sort(list(distinct characters)) as orders
            from (select token, unnest(names) as name from profile) join spelled using (name) group by token
        )

        select row_number() over (order by token) - 1 as node, profile.*, spelled.plain_name, sound, shape,
            plain_names, sounds, shapes, orders,
            list_distinct(list_transform(addresses, lambda address: regexp_extract(address, '{_PLACE}'))) as places,
            list_distinct(list_transform(addresses, lambda address: regexp_extract(address, '{_TOWN}'))) as towns
        from profile
        left join spelled using (name)
        left join every_form using (token)
    """


def _plain_names(subject: SubjectLinkage) -> str:
    """SELECT of name, plain_name: all names in the profiles, in the form in which they are compared."""
    names = "select distinct unnest(names) as name from profile"
    if "plain_name" not in subject.columns:
        return f"select name, name as plain_name from ({names})"
    return f"""
        select name, coalesce(plain_name, name) as plain_name
        from ({names}) left join linked.{subject.name}_plain_name using (name)
    """
