import time
from dataclasses import dataclass
from os import PathLike

import jwt
import requests


@dataclass(frozen=True)
class AccessToken:
    value: str
    lifetime: int
    """Milliseconds, as IMS gives it."""


def login(
    client_id: str,
    client_secret: str,
    organization_id: str,
    technical_account_id: str,
    private_key_path: "PathLike[str] | str",
    *,
    ims_url: str = "https://ims-na1.adobelogin.com",
) -> AccessToken:
    """Log in with the private key of a service account.

    :param private_key_path: a PEM file without a passphrase
    """
    with open(private_key_path, "rb") as key_file:
        private_key = key_file.read()
    assertion = jwt.encode(
        {
            "iss": organization_id,
            "sub": technical_account_id,
            "aud": f"{ims_url}/c/{client_id}",
            "exp": int(time.time()) + 300,
            f"{ims_url}/s/ent_adobeio_sdk": True,
        },
        private_key,
        algorithm="RS256",
    )
    answer = requests.post(
        f"{ims_url}/ims/exchange/jwt",
        data={"client_id": client_id, "client_secret": client_secret, "jwt_token": assertion},
    ).json()
    return AccessToken(answer["access_token"], answer["expires_in"])
