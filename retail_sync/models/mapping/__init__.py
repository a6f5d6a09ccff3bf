"""What a record means: streams, field mappings, ownership rules, entities."""

from . import entity
from . import entity_checks
from . import entity_erasure
from . import entity_names
from . import entity_outbound
from . import entity_parts
from . import field_map
from . import ownership_rule
from . import stream
from . import history
from . import published
from . import pace
from . import field_map_checks
from . import value_tables
from . import company_reach
from . import connection
from . import rule_audit
