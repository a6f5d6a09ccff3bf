"""The fake org's answers to writes."""

from urllib.parse import unquote

KEY = "Odoo_External_Id__c"


class Refusal(Exception):
    """An error answer: status and body."""

    def __init__(self, status, code, message="", fields=(), **more):
        super().__init__(code)
        self.status = status
        self.body = [{"errorCode": code, "message": message or code, "fields": list(fields), **more}]

    def item(self):
        """The error as an entry of a collection's result, which tells less."""
        entry = self.body[0]
        return {"statusCode": entry["errorCode"], "message": entry["message"], "fields": entry["fields"]}


class FakeWrites:
    """judge: callable(object, fields, alone) that may raise Refusal for one record; alone: it comes as a single row.

    written: (object, record id, fields) of each write, in order.
    """

    written: list

    def judge(self, name, fields, alone):
        """Takes all records."""

    def _write(self, method, rest, query, body):
        parts = rest.split("/")
        if method == "DELETE":
            return [self._delete(record_id) for record_id in query["ids"][0].split(",")]
        if parts[0] == "sobjects":
            return self._write_row(parts, body)
        results = []
        for record in body["records"]:
            name = record.pop("attributes")["type"]
            record_id = record.pop("id", None)
            try:
                results.append(self._save(name, record_id, record, alone=False))
            except Refusal as refusal:
                results.append({"success": False, "errors": [refusal.item()]})
        return results

    def _write_row(self, parts, body):
        if len(parts) == 4:
            return self._save(parts[1], None, {**body, parts[2]: unquote(parts[3])}, alone=True)
        return self._save(parts[1], parts[2], body, alone=True)

    def _save(self, name, record_id, fields, alone):
        hidden = sorted(set(fields) - self._visible(name))
        if hidden:
            raise Refusal(400, "INVALID_FIELD", f"No such column '{hidden[0]}' on sobject of type {name}", hidden)
        denied = [field for field in fields if not self.facts.get((name, field), {}).get("updateable", True)]
        if denied:
            raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields", denied)
        self.judge(name, fields, alone)
        rows = self.rows[name]
        if record_id:
            row = next((row for row in rows if row["Id"] == record_id), None)
            if row is None:
                raise Refusal(404, "ENTITY_IS_DELETED", "entity is deleted")
        else:
            row = next((row for row in rows if row.get(KEY) == fields[KEY]), None)
        created = row is None
        if created:
            row = {"Id": self._new_id(name), "SystemModstamp": "2026-05-20T12:00:00.000+0000"}
            rows.append(row)
        row.update(fields)
        self.written.append((name, row["Id"], dict(fields)))
        return {"id": row["Id"], "success": True, "errors": [], **({} if record_id else {"created": created})}

    def _new_id(self, name):
        prefix = {"Account": "001", "Contact": "003"}[name]
        return self.to_18(f"{prefix}5g00000N{len(self.rows[name]):04d}")

    def _delete(self, record_id):
        for rows in self.rows.values():
            for row in rows:
                if row["Id"] == record_id:
                    rows.remove(row)
                    return {"id": record_id, "success": True, "errors": []}
        return {"id": record_id, "success": False, "errors": [Refusal(404, "ENTITY_IS_DELETED").item()]}
