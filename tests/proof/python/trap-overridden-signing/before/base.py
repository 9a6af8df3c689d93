import os
import time

import jwt
import requests


class AdobeLogin:
    """Log-in of a technical account. Teams that keep the key elsewhere override `sign`."""

    ims = os.environ.get("IMS_URL", "https://ims-na1.adobelogin.com")

    def __init__(self, client_id, client_secret, org_id, account_id):
        self.client_id = client_id
        self.client_secret = client_secret
        self.org_id = org_id
        self.account_id = account_id

    def claims(self):
        return {
            "exp": int(time.time()) + 300,
            "iss": self.org_id,
            "sub": self.account_id,
            "aud": f"{self.ims}/c/{self.client_id}",
            f"{self.ims}/s/ent_user_sdk": True,
        }

    def sign(self, claims):
        with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
            return jwt.encode(claims, key_file.read(), algorithm="RS256")

    def token(self):
        form = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "jwt_token": self.sign(self.claims()),
        }
        return requests.post(f"{self.ims}/ims/exchange/jwt", data=form).json()["access_token"]
