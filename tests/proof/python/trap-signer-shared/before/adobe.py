import os

import requests

from signer import sign

IMS = "https://ims-na1.adobelogin.com"


def adobe_token():
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        key = file.read()
    client_id = os.environ["ADOBE_CLIENT_ID"]
    assertion = sign(
        key,
        iss=os.environ["ADOBE_ORG_ID"],
        sub=os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        aud=f"{IMS}/c/{client_id}",
        **{f"{IMS}/s/ent_user_sdk": True},
    )
    response = requests.post(
        f"{IMS}/ims/exchange/jwt",
        data={"client_id": client_id, "client_secret": os.environ["ADOBE_CLIENT_SECRET"], "jwt_token": assertion},
    )
    return response.json()["access_token"]
