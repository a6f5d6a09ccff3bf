import logging
import re

_TOKEN = re.compile(r"(/retail_sync/)[\w%-]{32,}(?=[/\s?]|$)")


class MaskPathTokens(logging.Filter):
    """Takes the secret part of event URLs out of the access log: a sender may have no other place for a secret."""

    def filter(self, record):
        if "/retail_sync/" in str(record.msg) or any("/retail_sync/" in str(arg) for arg in record.args or ()):
            record.msg, record.args = _TOKEN.sub(r"\1***", record.getMessage()), ()
        return True


logging.getLogger("werkzeug").addFilter(MaskPathTokens())
