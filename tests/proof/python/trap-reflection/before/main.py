import os
import time

import jwt
import requests


class Authenticator:
    """Builds the form for the kind of credential that the environment names."""

    ims = "https://ims-na1.adobelogin.com"

    def authenticate(self):
        kind = os.environ.get("ADOBE_CREDENTIAL_KIND", "service_account")
        form = getattr(self, f"_{kind}_form")()
        url = getattr(self, f"{kind}_url".upper())
        return requests.post(self.ims + url, data=form).json()["access_token"]

    SERVICE_ACCOUNT_URL = "/ims/exchange/jwt"
    REFRESH_URL = "/ims/token/v3"

    def _service_account_form(self):
        claims = {
            "exp": int(time.time()) + 300,
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": f"{self.ims}/c/{os.environ['ADOBE_CLIENT_ID']}",
            f"{self.ims}/s/ent_user_sdk": True,
        }
        with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
            signed = jwt.encode(claims, key_file.read(), algorithm="RS256")
        return {
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": signed,
        }

    def _refresh_form(self):
        return {
            "grant_type": "refresh_token",
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "refresh_token": os.environ["ADOBE_REFRESH_TOKEN"],
        }


print(Authenticator().authenticate())
