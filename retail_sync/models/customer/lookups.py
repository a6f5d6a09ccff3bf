from odoo import api, models

from ...domain.values.text import fold


class RetailSyncGeography(models.AbstractModel):
    """Countries, states, languages and salespeople by the words remote records use.

    Each table is read once per page of records; none is asked per record.
    """

    _name = "retail.sync.geography"
    _description = "Look-ups by name or code"

    @api.model
    def _tables(self, owners=()):
        """Return the look-up tables a page needs, as plain dicts.

        :param owners: e-mail addresses of salespeople that the page mentions
        """
        countries = self.env["res.country"].sudo().search_fetch([], ["code"])
        states, state_texts = {}, {}
        for state in self.env["res.country.state"].sudo().search_fetch([], ["code", "name", "country_id"]):
            country = state.country_id.id
            states.setdefault((country, fold(state.name)), state.id)
            state_texts[state.id] = state.code
        # Codes are looked at last: where a code equals another state's name, the code is meant.
        for state in self.env["res.country.state"].sudo().search_fetch([], ["code", "country_id"]):
            states[(state.country_id.id, fold(state.code))] = state.id
        users = {}
        wanted = sorted({owner.lower() for owner in owners if owner})
        if wanted:
            found = (
                self.env["res.users"]
                .sudo()
                .search_fetch(
                    ["|", ("login", "in", wanted), ("email_normalized", "in", wanted), ("share", "=", False)],
                    ["login", "email_normalized"],
                )
            )
            for user in found:
                users.setdefault((user.email_normalized or "").lower(), user.id)
                users[user.login.lower()] = user.id
        return {
            "country": {country.code: country.id for country in countries},
            "country_code": {country.id: country.code for country in countries},
            "state": states,
            "state_code": state_texts,
            "lang": self._languages(),
            "owner": users,
        }

    @api.model
    def _languages(self):
        """Return {code or bare language: installed language code}."""
        table = {}
        for code, _name in self.env["res.lang"].get_installed():
            table.setdefault(code.split("_")[0].lower(), code)
            table[code.lower()] = code
        return table
