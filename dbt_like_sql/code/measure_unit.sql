-- One row per unit of measure in which a data element may be delivered. The bases have the unit whose factor is 1.
select element, name_zh, unit, cast(factor as double) as factor, factor = 1 as is_of_base
from {{ declared('measures') }} as declared(element, name_zh, unit, factor)
