import os
import time

import jwt

from http_session import AuditedSession

IMS = "https://ims-na1.adobelogin.com"


def fetch(session):
    client_id = os.environ["ADOBE_CLIENT_ID"]
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        key = file.read()
    claims = {
        "exp": int(time.time()) + 300,
        "iss": os.environ["ADOBE_ORG_ID"],
        "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "aud": f"{IMS}/c/{client_id}",
        f"{IMS}/s/ent_user_sdk": True,
    }
    response = session.post(
        f"{IMS}/ims/exchange/jwt",
        data={
            "client_id": client_id,
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": jwt.encode(claims, key, algorithm="RS256"),
        },
    )
    return response.json()["access_token"]


session = AuditedSession()
print(fetch(session))
print("audited:", len(session.trace))
