"""Access tokens for Adobe Analytics, cached until shortly before they expire."""
import os
import time

import jwt
import requests


class AdobeAuth:
    """One technical account. Not safe for threads."""

    EXPIRY_MARGIN = 300  # seconds

    def __init__(self, client_id, client_secret, organization_id, account_id, key_path, ims_host=None):
        self.client_id = client_id
        self.client_secret = client_secret
        self.organization_id = organization_id
        self.account_id = account_id
        self.key_path = key_path
        self.ims_host = ims_host or os.getenv("IMS_HOST", "https://ims-na1.adobelogin.com")
        self._token = None
        self._expires_at = 0

    @property
    def access_token(self):
        if self._token is None or time.time() >= self._expires_at - self.EXPIRY_MARGIN:
            self._refresh()
        return self._token

    @property
    def headers(self):
        return {
            "Authorization": "Bearer " + self.access_token,
            "x-api-key": self.client_id,
            "x-gw-ims-org-id": self.organization_id,
        }

    def hours_left(self):
        return int((self._expires_at - time.time()) // 3600)

    def _refresh(self):
        result = requests.post(
            self.ims_host + "/ims/exchange/jwt",
            data={
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "jwt_token": self._sign(),
            },
        ).json()
        self._token = result["access_token"]
        # IMS answers in milliseconds
        self._expires_at = time.time() + result["expires_in"] / 1000

    def _sign(self):
        with open(self.key_path, "rb") as handle:
            key = handle.read()
        claims = {
            "exp": int(time.time()) + 60 * 60,
            "iss": self.organization_id,
            "sub": self.account_id,
            "aud": self.ims_host + "/c/" + self.client_id,
            self.ims_host + "/s/ent_analytics_bulk_ingest_sdk": True,
        }
        return jwt.encode(claims, key, algorithm="RS256")
