import time

import requests

from . import credentials
from .signing import signed_assertion


class AnalyticsClient:
    base_url = "https://analytics.adobe.io/api"

    def __init__(self, company: str) -> None:
        self.company = company
        self._token = ""
        self._deadline = 0.0

    def headers(self) -> dict:
        if time.monotonic() > self._deadline:
            self._log_in()
        return {
            "Authorization": f"Bearer {self._token}",
            "x-api-key": credentials.CLIENT_ID,
            "x-proxy-global-company-id": self.company,
        }

    def _log_in(self) -> None:
        form = {"client_id": credentials.CLIENT_ID, "client_secret": credentials.CLIENT_SECRET}
        form["jwt_token"] = signed_assertion("ent_analytics_bulk_ingest_sdk", lifetime=600)
        answer = requests.post(credentials.IMS_BASE + "/ims/exchange/jwt", data=form).json()
        self._token = answer["access_token"]
        self._deadline = time.monotonic() + answer["expires_in"] / 1000 - 60
