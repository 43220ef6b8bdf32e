"""The review queue: pairs that are neither sure nor out of the question, and what people decide about them.

Here: the SELECT of linked.review. Not here: which pairs are open (clustering.py).
"""

REVIEW = """
with pair as (
    select 'person' as subject, * from linked.person_open_pair
    union all
    select 'organization', * from linked.organization_open_pair
),

unidentified as (
    select 'person' as subject, token, min((record_id, role)) as earliest from linked.person_unidentified group by token
    union all
    select 'organization', token, min((record_id, role)) from linked.organization_unidentified group by token
)

select left(md5(pair.subject || least(token_l, token_r) || greatest(token_l, token_r)), 16) as pair_id, pair.subject, state, weight,
    probability, token_l, l.earliest[1] as record_id_l, l.earliest[2] as role_l, token_r, r.earliest[1] as record_id_r,
    r.earliest[2] as role_r, evidence
from pair
left join unidentified as l on pair.subject = l.subject and l.token = token_l
left join unidentified as r on pair.subject = r.subject and r.token = token_r
"""
