from __future__ import annotations

import time
from pathlib import Path

import httpx
import jwt

IMS = "https://ims-na1.adobelogin.com"


async def fetch_token(client_id: str, client_secret: str, claims: dict[str, object], key_file: Path) -> dict:
    """Exchange a signed assertion for an access token."""
    assertion = jwt.encode(claims, key_file.read_text(), algorithm="RS256")
    async with httpx.AsyncClient(timeout=20.0) as client:
        response = await client.post(
            f"{IMS}/ims/exchange/jwt",
            data={"client_id": client_id, "client_secret": client_secret, "jwt_token": assertion},
        )
    return response.json()


def build_claims(client_id: str, org_id: str, technical_account_id: str) -> dict[str, object]:
    return {
        "iss": org_id,
        "sub": technical_account_id,
        "aud": f"{IMS}/c/{client_id}",
        "exp": int(time.time()) + 300,
        f"{IMS}/s/ent_dataservices_sdk": True,
    }
