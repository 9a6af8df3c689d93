import os
import time

import jwt
import requests


def adobe_login():
    client_id = os.environ["ADOBE_CLIENT_ID"]
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        private_key = key_file.read()
    payload = {
        "exp": int(time.time()) + 300,
        "iss": os.environ["ADOBE_ORG_ID"],
        "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "aud": f"https://ims-na1.adobelogin.com/c/{client_id}",
        "https://ims-na1.adobelogin.com/s/ent_user_sdk": True,
    }
    assertion = jwt.encode(payload, private_key, algorithm="RS256")
    response = requests.post(
        "https://ims-na1.adobelogin.com/ims/exchange/jwt",
        data={
            "client_id": client_id,
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": assertion,
        },
    )
    answer = response.json()
    return answer["access_token"], int(answer["expires_in"] / 1000)
