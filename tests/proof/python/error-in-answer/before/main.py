import os
import time

import jwt
import requests

ims = "https://ims-na1.adobelogin.com"


def adobe_login(secret):
    """Returns (token, error), one of which is None."""
    client_id = os.environ["ADOBE_CLIENT_ID"]
    private_key = open(os.environ["ADOBE_PRIVATE_KEY_PATH"]).read()
    payload = dict(
        exp=int(time.time()) + 60,
        iss=os.environ["ADOBE_ORG_ID"],
        sub=os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        aud="%s/c/%s" % (ims, client_id),
    )
    payload["%s/s/ent_user_sdk" % ims] = True
    answer = requests.post(
        "%s/ims/exchange/jwt" % ims,
        data={
            "client_id": client_id,
            "client_secret": secret,
            "jwt_token": jwt.encode(payload, private_key, algorithm="RS256"),
        },
    ).json()
    if "error" in answer:
        return None, answer["error"]
    return answer["access_token"], None


for attempt in (os.environ["ADOBE_CLIENT_SECRET"], "old-secret"):
    token, error = adobe_login(attempt)
    print(token if error is None else "error: " + error)
