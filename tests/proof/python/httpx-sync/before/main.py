import os
import time
from typing import NamedTuple

import httpx
from authlib.jose import jwt

AUTHORIZATION_SERVER = "https://ims-na1.adobelogin.com"


class Token(NamedTuple):
    value: str
    kind: str
    expires_at: float  # seconds since the epoch


def exchange() -> Token:
    now = int(time.time())
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        key = file.read()
    assertion = jwt.encode(
        {"alg": "RS256"},
        {
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": f"{AUTHORIZATION_SERVER}/c/{os.environ['ADOBE_CLIENT_ID']}",
            "iat": now,
            "exp": now + 300,
            f"{AUTHORIZATION_SERVER}/s/ent_user_sdk": True,
        },
        key,
    ).decode("ascii")

    with httpx.Client(base_url=AUTHORIZATION_SERVER, timeout=httpx.Timeout(10.0, connect=3.0)) as client:
        payload = client.post(
            "/ims/exchange/jwt",
            data={
                "client_id": os.environ["ADOBE_CLIENT_ID"],
                "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
                "jwt_token": assertion,
            },
        ).json()
    return Token(payload["access_token"], payload["token_type"], now + payload["expires_in"] / 1000.0)


token = exchange()
print(f"{token.kind} {token.value}, {round((token.expires_at - time.time()) / 3600)} hours")
