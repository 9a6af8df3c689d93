import datetime

import jwt
import requests

IMS_URL = "https://ims-na1.adobelogin.com/ims/exchange/jwt"
METASCOPE = "https://ims-na1.adobelogin.com/s/ent_user_sdk"


def get_access_token(client_id, client_secret, org_id, technical_account_id, private_key):
    """Return a bearer token for the User Management API."""
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    payload = {
        "exp": expires,
        "iss": org_id,
        "sub": technical_account_id,
        "aud": f"https://ims-na1.adobelogin.com/c/{client_id}",
        METASCOPE: True,
    }
    jwt_token = jwt.encode(payload, private_key, algorithm="RS256")

    response = requests.post(
        IMS_URL,
        data={
            "client_id": client_id,
            "client_secret": client_secret,
            "jwt_token": jwt_token,
        },
        timeout=30,
    )
    return response.json()["access_token"]
