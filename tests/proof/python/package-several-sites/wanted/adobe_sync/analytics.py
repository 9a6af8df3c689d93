import time

from . import credentials
from .ims import fetch_token


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
        answer = fetch_token()
        self._token = answer["access_token"]
        self._deadline = time.monotonic() + answer["expires_in"] - 60
