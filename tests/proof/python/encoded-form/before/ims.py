import datetime
import os
from urllib.parse import urlencode

import jwt
import requests

IMS_HOST = "https://ims-na1.adobelogin.com"
EXCHANGE = "{}/ims/exchange/jwt".format(IMS_HOST)


class Ims:
    def __init__(self, client_id, client_secret):
        self._client_id = client_id
        self._client_secret = client_secret

    def _assertion(self):
        claims = {}
        claims["exp"] = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
        claims["iss"] = os.environ["ADOBE_ORG_ID"]
        claims["sub"] = os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"]
        claims["aud"] = "{}/c/{}".format(IMS_HOST, self._client_id)
        claims["{}/s/ent_user_sdk".format(IMS_HOST)] = True
        with open(os.environ["ADOBE_PRIVATE_KEY_PATH"], "rb") as key:
            return jwt.encode(claims, key.read(), algorithm="RS256")

    def token(self):
        headers = {}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Cache-Control"] = "no-cache"
        payload = {}
        payload["client_id"] = self._client_id
        payload["client_secret"] = self._client_secret
        payload["jwt_token"] = self._assertion()
        data = urlencode(payload)
        answer = requests.post(EXCHANGE, data=data, headers=headers)
        return answer.json()["access_token"]
