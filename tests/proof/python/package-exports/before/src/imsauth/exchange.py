import typing as t
from datetime import datetime, timedelta, timezone

import jwt
import requests
from requests.exceptions import RequestException

from .errors import ImsAuthError

DEFAULT_IMS = "https://ims-na1.adobelogin.com"


class Credential(t.TypedDict):
    CLIENT_ID: str
    CLIENT_SECRET: str
    ORG_ID: str
    TECHNICAL_ACCOUNT_ID: str
    PRIVATE_KEY: str


def get_token(credential: Credential, *, ims: str = DEFAULT_IMS) -> str:
    """Log the technical account in and return the access token.

    Raises ImsAuthError when IMS cannot be reached or gives no token.
    """
    claims = {
        "exp": datetime.now(timezone.utc) + timedelta(seconds=300),
        "iss": credential["ORG_ID"],
        "sub": credential["TECHNICAL_ACCOUNT_ID"],
        "aud": f"{ims}/c/{credential['CLIENT_ID']}",
        f"{ims}/s/ent_adobeio_sdk": True,
    }
    form = {
        "client_id": credential["CLIENT_ID"],
        "client_secret": credential["CLIENT_SECRET"],
        "jwt_token": jwt.encode(claims, credential["PRIVATE_KEY"], algorithm="RS256"),
    }
    try:
        response = requests.post(f"{ims}/ims/exchange/jwt", data=form, timeout=10)
    except RequestException as error:
        raise ImsAuthError("Adobe IMS cannot be reached") from error
    if not response.ok:
        raise ImsAuthError("Adobe IMS refused the credential")
    return response.json()["access_token"]
