"""Find the columns that refer to records of a table: foreign keys, and references only the ORM knows."""

from odoo import api, models
from odoo.api import Environment
from odoo.tools import SQL, ormcache

# Tables of the core wizard's own dialogs hold no documents; the core wizard leaves them out as well.
DIALOG_TABLES = "base_partner_merge_"
# Their rows follow rules of their own: ``links.py`` moves links and messages, and the outbox handles changes.
MOVED_ELSEWHERE = {"retail.sync.link", "retail.sync.message", "retail.sync.change"}


class RetailSyncMergeTables(models.AbstractModel):
    """Look up the schema with a cache; a model, because ``ormcache`` works on methods of models only."""

    _name = "retail.sync.merge.tables"
    _description = "Tables that refer to merged customers"

    @api.model
    @ormcache("table")
    def _foreign_keys(self, table: str) -> list[tuple[str, str, str]]:
        """Return [(table, column, effect)] of all foreign keys that point to a table.

        The effect of a deletion is PostgreSQL's ``confdeltype``: 'c'ascade, set 'n'ull, 'r'estrict or no 'a'ction.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT class.relname, attribute.attname, con.confdeltype FROM pg_constraint con"
                " JOIN pg_class class ON class.oid = con.conrelid"
                " JOIN pg_attribute attribute ON attribute.attrelid = con.conrelid AND attribute.attnum = con.conkey[1]"
                " JOIN pg_class target ON target.oid = con.confrelid"
                " WHERE con.contype = 'f' AND array_length(con.conkey, 1) = 1 AND target.relname = %s"
                " AND target.relnamespace = current_schema::regnamespace ORDER BY 1, 2",
                table,
            )
        )
        dialogs = {model._table for model in self.env.values() if model._transient}
        return [row for row in rows if DIALOG_TABLES not in row[0] and row[0] not in dialogs]

    @api.model
    @ormcache("table")
    def _outgoing_foreign_keys(self, table: str) -> list[tuple[str, str]]:
        """Return [(column, target table)] of the foreign keys that a table has."""
        return self.env.execute_query(
            SQL(
                "SELECT attribute.attname, target.relname FROM pg_constraint con"
                " JOIN pg_attribute attribute ON attribute.attrelid = con.conrelid AND attribute.attnum = con.conkey[1]"
                " JOIN pg_class class ON class.oid = con.conrelid JOIN pg_class target ON target.oid = con.confrelid"
                " WHERE con.contype = 'f' AND array_length(con.conkey, 1) = 1 AND class.relname = %s"
                " AND class.relnamespace = current_schema::regnamespace",
                table,
            )
        )

    @api.model
    @ormcache("table")
    def _columns(self, table: str) -> list[str]:
        """Return the column names of a table in their order."""
        rows = self.env.execute_query(
            SQL(
                "SELECT attribute.attname FROM pg_attribute attribute JOIN pg_class class"
                " ON class.oid = attribute.attrelid WHERE class.relname = %s AND attribute.attnum > 0"
                " AND class.relnamespace = current_schema::regnamespace AND NOT attribute.attisdropped"
                " ORDER BY attribute.attnum",
                table,
            )
        )
        return [name for (name,) in rows]

    @api.model
    @ormcache("index")
    def _unique_columns(self, index: str) -> list[str]:
        """Return the columns of a unique index; an index on expressions has none."""
        rows = self.env.execute_query(
            SQL(
                "SELECT attribute.attname FROM pg_index JOIN pg_class class ON class.oid = pg_index.indexrelid"
                " JOIN pg_attribute attribute ON attribute.attrelid = pg_index.indrelid"
                " AND attribute.attnum = ANY(pg_index.indkey)"
                " WHERE class.relname = %s AND pg_index.indisunique AND pg_index.indexprs IS NULL",
                index,
            )
        )
        return [name for (name,) in rows]

    @api.model
    @ormcache()
    def _many2one_references(self) -> list[tuple[str, str, str]]:
        """Return [(table, id column, model column)] of fields that name a record by model and id."""
        columns = []
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto or model._name in MOVED_ELSEWHERE:
                continue
            for field in model._fields.values():
                if field.type == "many2one_reference" and field.store and field.model_field:
                    model_field = model._fields.get(field.model_field)
                    if model_field is not None and model_field.store and model_field.type in ("char", "selection"):
                        columns.append((model._table, field.name, field.model_field))
        return sorted(set(columns))

    @api.model
    @ormcache()
    def _reference_fields(self) -> list[tuple[str, str]]:
        """Return [(table, column)] of fields that hold 'model,id'."""
        return sorted(
            {
                (model._table, field.name)
                for model in self.env.values()
                if not (model._abstract or model._transient) and model._auto
                for field in model._fields.values()
                if field.type == "reference" and field.store and field.compute is None
            }
        )

    @api.model
    @ormcache("model_name")
    def _company_columns(self, model_name: str) -> list[tuple[str, str]]:
        """Return [(table, column)] of fields that hold a record of this model per company."""
        fields = self.env.registry.many2one_company_dependents[model_name]
        return sorted({(self.env[field.model_name]._table, field.name) for field in fields})

    @api.model
    @ormcache("table")
    def _model_name(self, table: str) -> str | None:
        """Return the name of the model that is stored in a table; None for a relation table."""
        return next((model._name for model in self.env.values() if not model._abstract and model._table == table), None)

    @api.model
    @ormcache("table", "model_name")
    def _computed_columns(self, table: str, model_name: str) -> list[str]:
        """Return the stored columns of a table that are computed from records of another model."""
        model = model_of(self.env, table)
        if model is None or model._name == model_name:
            return []
        computed = [field for field in model._fields.values() if field.store and field.compute and field.column_type]
        if not computed:
            return []
        registry = self.env.registry
        dependent = set()
        for field in self.env[model_name]._fields.values():
            dependent.update(registry.get_dependent_fields(field))
        return sorted(field.name for field in computed if field in dependent)


def tables(env: Environment) -> RetailSyncMergeTables:
    """Return the model that answers from the cache."""
    return env["retail.sync.merge.tables"]


def model_of(env: Environment, table: str) -> models.BaseModel | None:
    """Return the model that is stored in a table, or None for a relation table."""
    name = tables(env)._model_name(table)
    return None if name is None else env[name]


def labels(env: Environment, counts: dict[str, int]) -> dict[str, int]:
    """Return {name of a model on screen: rows} for {table: rows}; tables without a model are left out."""
    descriptions = {model._table: model._description for model in env.values() if not model._abstract}
    rows_by_label: dict[str, int] = {}
    for table, count in sorted(counts.items()):
        if table in descriptions:
            label = descriptions[table]
            rows_by_label[label] = rows_by_label.get(label, 0) + count
    return rows_by_label
