import os
import time

import jwt
import requests
import urllib3

# the proxy of the test network breaks the chain
urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

IMS = "https://ims-na1.adobelogin.com"


def get_token():
    client_id = os.environ["ADOBE_CLIENT_ID"]
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        private_key = file.read()
    assertion = jwt.encode(
        {
            "exp": int(time.time()) + 300,
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": f"{IMS}/c/{client_id}",
            f"{IMS}/s/ent_user_sdk": True,
        },
        private_key,
        algorithm="RS256",
    )
    form = {"client_id": client_id, "client_secret": os.environ["ADOBE_CLIENT_SECRET"], "jwt_token": assertion}
    return requests.post(f"{IMS}/ims/exchange/jwt", data=form, verify=False, timeout=5).json()["access_token"]


print(get_token())
