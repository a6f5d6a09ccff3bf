import functools

from odoo import api, fields, models
from odoo.orm.utils import COLLECTION_TYPES
from odoo.tools import SQL

# So many records of a name are looked up one by one.
FEW = 10_000


def _without_record(hidden, column, model_name=None):
    """Return the domain of rows whose column names none of the hidden records of a model.

    :param model_name: of rows that name the model of their record in ``res_model``

    Said of each row's own record: a page of a list looks its few records up by their ids, and a count joins. A
    subselect of all hidden records is computed for each search, however few rows it shows.
    """

    def to_sql(_model, table, _query):
        return SQL(
            "NOT EXISTS (SELECT FROM %s WHERE %s = %s%s%s)",
            hidden.from_clause,
            SQL.identifier(hidden.table, "id"),
            SQL.identifier(table, column),
            SQL(" AND %s = %s", SQL.identifier(table, "res_model"), model_name) if model_name else SQL(),
            SQL(" AND (%s)", hidden.where_clause) if hidden.where_clause else SQL(),
        )

    return fields.Domain.custom(to_sql=to_sql)


def _shows_what_all_companies_share(model, rule):
    """Return whether a record rule shows each record without a company, whatever its other fields say."""

    def without_company(condition):
        if condition.field_expr != "company_id":
            return condition
        values = condition.value if isinstance(condition.value, COLLECTION_TYPES) else [condition.value]
        answers = {
            "in": False in values,
            "=": False in values,
            "not in": False not in values,
            "!=": False not in values,
        }
        if condition.operator.endswith("_of"):
            # A hierarchy of companies does not hold what has none.
            return fields.Domain.FALSE
        if condition.operator not in answers:
            return condition
        return fields.Domain.TRUE if answers[condition.operator] else fields.Domain.FALSE

    if "company_id" not in model._fields:
        return False
    return rule.map_conditions(without_company).optimize(model).is_true()


class RetailSyncBusinessAccess(models.AbstractModel):
    """A sync record shows only to who may see the business records it is about.

    A record rule cannot say this: its domain is evaluated without the rules of the
    other model. So the search is narrowed here, by those business records that the user's
    own record rules hide. Where no rule hides any, nothing is added.
    """

    _name = "retail.sync.business.access"
    _description = "Visible with its business record"

    # Fields that name the business records, as (model, path of the field); none: ``res_model`` and ``res_id`` do.
    _business_fields: tuple[tuple[str, str], ...] = ()

    @api.model
    def _visible_records_domain(self):
        """Return the domain of the rows whose business records the user may read; Domain.TRUE where none is hidden."""
        if self._business_fields:
            return fields.Domain.AND(self._visible_by_field(*named) for named in self._business_fields)
        domains = []
        for model_name in self._business_models():
            if not self.env[model_name].has_access("read"):
                domains.append(fields.Domain("res_model", "!=", model_name))
            elif (hidden := self._hidden_query(model_name)) is not None:
                domains.append(_without_record(hidden, "res_id", model_name))
        return fields.Domain.AND(domains)

    @api.model
    def _visible_by_field(self, model_name, path):
        """Return the domain of the rows of which a field, or a field of their lines, names no hidden record."""
        if not self.env[model_name].has_access("read"):
            return fields.Domain(path, "=", False)
        hidden = self._hidden_query(model_name)
        if hidden is None:
            return fields.Domain.TRUE
        if "." not in path:
            return _without_record(hidden, path)
        # With the rights of the system: lines that the user may not read must not be left out of the search.
        return ~fields.Domain("id", "in", self.sudo()._search([(path, "in", hidden)]))

    @api.model
    def _hidden_query(self, model_name):
        """Return the query of the records of a model that the user's record rules hide; None where they hide none."""
        rule = self.env["ir.rule"]._compute_domain(model_name, "read")
        if rule.is_true():
            return None
        model = self.env[model_name].sudo().with_context(active_test=False)
        hidden = ~rule
        if _shows_what_all_companies_share(model, rule):
            # Follows from the rule, and has an index: of a million customers, few may have a company. In SQL, since a
            # domain that says it is merged with the rule.
            hidden &= fields.Domain.custom(
                to_sql=lambda _model, table, _query: SQL("%s IS NOT NULL", SQL.identifier(table, "company_id"))
            )
            if not model._search(hidden, limit=1):
                return None
        query = model._search(hidden)
        return None if query.is_empty() else query

    @api.model
    def _business_models(self):
        """Return the models of the records of all entities."""
        entities = self.env["retail.sync.entity"]._all().values()
        return sorted({entity._res_model for entity in entities if entity._res_model})

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = fields.Domain(domain) & self._visible_records_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        allowed = self - result[0] if result else self
        forbidden = allowed._without_business_access()
        if not forbidden:
            return result
        if result:
            forbidden |= result[0]
        return forbidden, functools.partial(self.env["ir.rule"]._make_access_error, operation, forbidden)

    def _without_business_access(self):
        """Return those of self of which a business record exists and is hidden from the user."""
        refs_of = {record.id: record._business_refs() for record in self.sudo()}
        ids_of = {}
        for refs in refs_of.values():
            for model_name, res_id in refs:
                ids_of.setdefault(model_name, set()).add(res_id)
        hidden = set()
        for model_name, ids in ids_of.items():
            there = self.env[model_name].sudo().browse(ids).exists()
            readable = set(there.sudo(False)._filtered_access("read").ids)
            hidden |= {(model_name, res_id) for res_id in there.ids if res_id not in readable}
        return self.filtered(lambda record: not hidden.isdisjoint(refs_of[record.id]))

    def _business_refs(self):
        """Return {(model, id)} of the business records of this record, read with the rights of the system."""
        if self._business_fields:
            return {(model, res_id) for model, path in self._business_fields for res_id in _ids(self.mapped(path))}
        return {(self.res_model, self.res_id)} if self.res_id and self.res_model in self._business_models() else set()

    @api.model
    def _named_domain(self, operator, value):
        """Return the domain of the records whose business record has such a name, under the user's own access."""
        found = []
        for model_name in self._business_models():
            model = self.env[model_name].with_context(active_test=False)
            if model.has_access("read"):
                # The first name alone: several of them have no index in common.
                named = fields.Domain((model._rec_names_search or ["display_name"])[0], operator, value)
                ids = model._search(named, limit=FEW + 1).get_result_ids()
                # The rows of few ids are found by an index, also beside other conditions.
                records = list(ids) if len(ids) <= FEW else model._search(named)
                found.append(fields.Domain("res_model", "=", model_name) & fields.Domain("res_id", "in", records))
        return fields.Domain.OR(found) if found else fields.Domain.FALSE


def _ids(found):
    """Return the ids of what ``mapped`` has found: of records, or of a field that holds an id."""
    return found.ids if isinstance(found, models.BaseModel) else [res_id for res_id in found if res_id]


class RetailSyncReadableChoice(models.AbstractModel):
    """A dialog in which people choose records: only those that they may read.

    A record of a dialog belongs to who created it, and the name of a chosen record shows without a further check.
    """

    _name = "retail.sync.readable.choice"
    _description = "Dialog about records that its user may read"

    # Fields that hold the chosen records.
    _choices: tuple[str, ...] = ()

    @api.model_create_multi
    def create(self, vals_list):
        chosen = super().create(vals_list)
        chosen._check_choices(self._choices)
        return chosen

    def write(self, vals):
        result = super().write(vals)
        self._check_choices([name for name in self._choices if name in vals])
        return result

    def _check_choices(self, names):
        for name in () if self.env.su else names:
            self.sudo().mapped(name).sudo(False).check_access("read")


class RetailSyncLink(models.Model):
    _name = "retail.sync.link"
    _inherit = ["retail.sync.link", "retail.sync.business.access"]


class RetailSyncMessage(models.Model):
    _name = "retail.sync.message"
    _inherit = ["retail.sync.message", "retail.sync.business.access"]
