import time

import jwt
import requests


def fetch_token(session, ims, credential):
    """The decoded answer of IMS. Raises requests.HTTPError when the client is refused."""
    assertion = jwt.encode(
        {
            "iss": credential["org_id"],
            "sub": credential["technical_account_id"],
            "aud": f"{ims}/c/{credential['client_id']}",
            "exp": int(time.time()) + 300,
            f"{ims}/s/ent_user_sdk": True,
        },
        credential["private_key"],
        algorithm="RS256",
    )
    response = session.post(
        f"{ims}/ims/exchange/jwt",
        data={
            "client_id": credential["client_id"],
            "client_secret": credential["client_secret"],
            "jwt_token": assertion,
        },
        timeout=60,
    )
    response.raise_for_status()
    return response.json()


def new_session():
    session = requests.Session()
    session.headers["User-Agent"] = "nightly-report/1.4"
    return session
