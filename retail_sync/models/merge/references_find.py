"""Where records are referred to: what the database says, and what only the ORM knows."""

from functools import reduce

from odoo import api, models
from odoo.api import Environment
from odoo.tools import SQL, ormcache

# Rows of passing screens; core leaves them out as well.
PASSING = "base_partner_merge_"
PLAIN = {"retail.sync.link", "retail.sync.message", "retail.sync.change"}  # moved by their own rules


class RetailSyncMergingTables(models.AbstractModel):
    """Cached look-ups: Odoo's cache takes methods of models only."""

    _name = "retail.sync.merging.tables"
    _description = "Tables that refer to merged records"

    @api.model
    @ormcache("table")
    def _foreign_keys(self, table):
        """Return [(table, column, what a deletion does: 'c'ascade, set 'n'ull, 'r'estrict or 'a')]."""
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
        passing = {model._table for model in self.env.values() if model._transient}
        return [row for row in rows if PASSING not in row[0] and row[0] not in passing]

    @api.model
    @ormcache("table")
    def _own_foreign_keys(self, table):
        """Return [(column, table it points to)] of a table."""
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
    def _columns(self, table):
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
    def _unique_columns(self, index):
        """Return the columns of a unique index; none where it is made of expressions."""
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
    def _many2one_references(self):
        """Return [(table, id column, model column)] of fields that name a record by model and id."""
        found = []
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto or model._name in PLAIN:
                continue
            for field in model._fields.values():
                if field.type == "many2one_reference" and field.store and field.model_field:
                    kind = model._fields.get(field.model_field)
                    if kind is not None and kind.store and kind.type in ("char", "selection"):
                        found.append((model._table, field.name, field.model_field))
        return sorted(set(found))

    @api.model
    @ormcache()
    def _reference_fields(self):
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
    def _company_columns(self, model_name):
        """Return [(table, column)] of fields that hold a record of this model per company."""
        fields = self.env.registry.many2one_company_dependents[model_name]
        return sorted({(self.env[field.model_name]._table, field.name) for field in fields})

    @api.model
    @ormcache("table")
    def _model_name(self, table):
        return next((model._name for model in self.env.values() if not model._abstract and model._table == table), None)

    @api.model
    @ormcache("table", "model_name")
    def _followers(self, table, model_name):
        """Return the stored columns of a table that are computed from values of another model's records."""
        model = model_of(self.env, table)
        if model is None or model._name == model_name:
            return []
        wanted = [field for field in model._fields.values() if field.store and field.compute and field.column_type]
        if not wanted:
            return []
        registry = self.env.registry
        found = set()
        for field in self.env[model_name]._fields.values():
            found.update(registry.get_dependent_fields(field))
        return sorted(field.name for field in wanted if field in found)


def model_of(env: Environment, table):
    """Return the model whose table this is, or None: a relation has none."""
    name = env["retail.sync.merging.tables"]._model_name(table)
    return None if name is None else env[name]


def labels(env: Environment, counts):
    """Return {what people call the rows of a table: how many}, the tables that no model stands for left out."""
    by_table = {model._table: model._description for model in env.values() if not model._abstract}
    return reduce(
        lambda found, entry: {**found, entry[0]: found.get(entry[0], 0) + entry[1]},
        ((by_table[table], count) for table, count in sorted(counts.items()) if table in by_table),
        {},
    )
