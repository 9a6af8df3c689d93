import os
import time

import jwt
import requests

from retry import retry

IMS = os.environ.get("IMS_URL", "https://ims-na1.adobelogin.com")


@retry((requests.HTTPError, requests.ConnectionError))
def access_token():
    claims = {
        "exp": int(time.time()) + 300,
        "iss": os.environ["ADOBE_ORG_ID"],
        "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "aud": f"{IMS}/c/{os.environ['ADOBE_CLIENT_ID']}",
        f"{IMS}/s/ent_user_sdk": True,
    }
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        assertion = jwt.encode(claims, key_file.read(), algorithm="RS256")
    response = requests.post(
        f"{IMS}/ims/exchange/jwt",
        data={
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": assertion,
        },
    )
    response.raise_for_status()
    return response.json()["access_token"]


print(access_token())
