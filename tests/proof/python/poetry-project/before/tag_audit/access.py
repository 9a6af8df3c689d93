"""Access to Adobe IMS for the technical account of the audit."""

from __future__ import annotations

import os
import time
from functools import cache

import jwt
import requests

IMS_HOST = os.getenv("REACTOR_IMS_HOST", "https://ims-na1.adobelogin.com")
META_SCOPE = "ent_reactor_sdk"


@cache
def access_token() -> str:
    """Log in once a process."""
    response = requests.request(
        method="POST",
        url=f"{IMS_HOST}/ims/exchange/jwt",
        data={
            "client_id": _env("CLIENT_ID"),
            "client_secret": _env("CLIENT_SECRET"),
            "jwt_token": _assertion(),
        },
        timeout=30,
    )
    return response.json().get("access_token")


def _assertion() -> str:
    with open(_env("PRIVATE_KEY"), encoding="utf-8") as key_file:
        private_key = key_file.read()
    return jwt.encode(
        payload={
            "exp": int(time.time()) + 300,
            "iss": _env("ORG_ID"),
            "sub": _env("TECHNICAL_ACCOUNT_ID"),
            "aud": f"{IMS_HOST}/c/{_env('CLIENT_ID')}",
            f"{IMS_HOST}/s/{META_SCOPE}": True,
        },
        key=private_key,
        algorithm="RS256",
    )


def _env(name: str) -> str:
    return os.environ[f"REACTOR_{name}"]
