-- One row per text that was delivered for an address.
select address_id, address as alias_text, count(*) as record_count
from {{ ref('linked.address_record') }}
where address_id is not null and address is not null
group by address_id, address
