import time

import jwt

from . import credentials


def signed_assertion(metascope: str, lifetime: int = 300) -> str:
    """A JWT for the technical account that asks for one metascope."""
    with open(credentials.PRIVATE_KEY_PATH, "rb") as key_file:
        key = key_file.read()
    return jwt.encode(
        {
            "iss": credentials.ORG_ID,
            "sub": credentials.TECHNICAL_ACCOUNT_ID,
            "aud": f"{credentials.IMS_BASE}/c/{credentials.CLIENT_ID}",
            "exp": int(time.time()) + lifetime,
            f"{credentials.IMS_BASE}/s/{metascope}": True,
        },
        key,
        algorithm="RS256",
    )
