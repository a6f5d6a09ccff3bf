import functools

from odoo import api, fields, models
from odoo.orm.utils import COLLECTION_TYPES
from odoo.tools import SQL


def _without_record(model_name, hidden):
    """Return the domain of rows that are about none of the hidden records of a model.

    Said of each row's own record: a page of a list looks its few records up by their ids, and a count joins. A
    subselect of all hidden records is computed for each search, however few rows it shows.
    """

    def to_sql(_model, table, _query):
        return SQL(
            "NOT EXISTS (SELECT FROM %s WHERE %s = %s AND %s = %s%s)",
            hidden.from_clause,
            SQL.identifier(hidden.table, "id"),
            SQL.identifier(table, "res_id"),
            SQL.identifier(table, "res_model"),
            model_name,
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
            "parent_of": False,
            "child_of": False,
        }
        if condition.operator not in answers:
            return condition
        return fields.Domain.TRUE if answers[condition.operator] else fields.Domain.FALSE

    if "company_id" not in model._fields:
        return False
    return rule.map_conditions(without_company).optimize(model).is_true()


class RetailSyncBusinessAccess(models.AbstractModel):
    """A sync record shows only to who may see the business record it is about.

    A record rule cannot say this: its domain is evaluated without the rules of the
    other model. So the search is narrowed here, by those business records that the user's
    own record rules hide. Where no rule hides any, nothing is added.
    """

    _name = "retail.sync.business.access"
    _description = "Visible with its business record"

    @api.model
    def _visible_records_domain(self):
        """Return the domain of the rows whose business record the user may read; Domain.TRUE where none is hidden."""
        domains = []
        for model_name in self._business_models():
            if not self.env[model_name].has_access("read"):
                domains.append(fields.Domain("res_model", "!=", model_name))
            elif (hidden := self._hidden_query(model_name)) is not None:
                domains.append(_without_record(model_name, hidden))
        return fields.Domain.AND(domains)

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
        """Return those of self whose business record exists and is hidden from the user."""
        ids_of, business_models = {}, self._business_models()
        for record in self.sudo():
            if record.res_model in business_models and record.res_id:
                ids_of.setdefault(record.res_model, set()).add(record.res_id)
        hidden = {}
        for model_name, ids in ids_of.items():
            there = self.env[model_name].sudo().browse(ids).exists()
            seen = there.sudo(False)._filtered_access("read")
            hidden[model_name] = set(there.ids) - set(seen.ids)
        return self.filtered(lambda record: record.sudo().res_id in hidden.get(record.sudo().res_model, ()))


class RetailSyncLink(models.Model):
    _name = "retail.sync.link"
    _inherit = ["retail.sync.link", "retail.sync.business.access"]


class RetailSyncMessage(models.Model):
    _name = "retail.sync.message"
    _inherit = ["retail.sync.message", "retail.sync.business.access"]
