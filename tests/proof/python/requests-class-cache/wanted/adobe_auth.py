"""Access tokens for Adobe Analytics, cached until shortly before they expire."""
import os
import time

from authlib.integrations.requests_client import OAuth2Session


class AdobeAuth:
    """One technical account. Not safe for threads."""

    EXPIRY_MARGIN = 300  # seconds

    def __init__(self, client_id, client_secret, organization_id, ims_host=None):
        self.client_id = client_id
        self.client_secret = client_secret
        self.organization_id = organization_id
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
        with OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=os.environ["ADOBE_IMS_SCOPES"],
            token_endpoint_auth_method="client_secret_post",
        ) as client:
            result = client.fetch_token(self.ims_host + "/ims/token/v3", grant_type="client_credentials")
        self._token = result["access_token"]
        # IMS answers in seconds
        self._expires_at = time.time() + result["expires_in"]
