import hashlib

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


class AuditedSession(requests.Session):
    """Retries, and keeps a trace of every assertion that leaves the house."""

    def __init__(self):
        super().__init__()
        self.trace = []
        retry = Retry(total=3, backoff_factor=0.1, status_forcelist=(429, 502, 503), allowed_methods=None)
        self.mount("https://", HTTPAdapter(max_retries=retry))

    def request(self, method, url, **kwargs):
        form = kwargs.get("data") or {}
        if "jwt_token" in form:
            digest = hashlib.sha256(form["jwt_token"].encode("ascii")).hexdigest()
            self.trace.append((method, url.rsplit("/", 1)[-1], len(digest)))
        kwargs.setdefault("timeout", 15)
        return super().request(method, url, **kwargs)
