import os
import threading
import time
from datetime import datetime, timedelta

import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

IMS = "https://ims-na1.adobelogin.com"


class TokenCache:
    """Shared by the workers; renews half an hour before the end."""

    RENEW_BEFORE = timedelta(minutes=30)

    def __init__(self):
        self._lock = threading.Lock()
        self._value = None
        self._expires = datetime.min
        self.renewals = 0

    def get(self):
        with self._lock:
            if datetime.now() + self.RENEW_BEFORE > self._expires:
                self._renew()
            return self._value

    def _renew(self):
        claims = {
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": IMS + "/c/" + os.environ["ADOBE_CLIENT_ID"],
            "exp": int(time.time()) + 120,
            IMS + "/s/ent_user_sdk": True,
        }
        with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
            key = RSAKey.import_key(key_file.read())
        assertion = jwt.encode({"alg": "RS256"}, claims, key)
        answer = requests.post(IMS + "/ims/exchange/jwt", data={
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": assertion,
        }, timeout=10).json()
        self._value = answer["access_token"]
        self._expires = datetime.now() + timedelta(milliseconds=answer["expires_in"])
        self.renewals += 1

    @property
    def lifetime(self):
        return self._expires - datetime.now()


cache = TokenCache()
threads = [threading.Thread(target=cache.get) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(cache.get(), "after", cache.renewals, "renewal")
print("less than a day:", timedelta(hours=23) < cache.lifetime < timedelta(days=1))
