import logging
import os
import sys
import time

import jwt
import requests

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(name)s %(message)s")
logging.getLogger("urllib3").setLevel(logging.WARNING)
logger = logging.getLogger("ims")

IMS = "https://ims-na1.adobelogin.com"


def fetch(client_secret):
    client_id = os.environ["ADOBE_CLIENT_ID"]
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        key = file.read()
    assertion = jwt.encode(
        {
            "exp": int(time.time()) + 300,
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": f"{IMS}/c/{client_id}",
            f"{IMS}/s/ent_user_sdk": True,
        },
        key,
        algorithm="RS256",
    )
    response = requests.post(
        f"{IMS}/ims/exchange/jwt",
        data={"client_id": client_id, "client_secret": client_secret, "jwt_token": assertion},
    )
    logger.info("IMS answered %d (%s)", response.status_code, response.headers["Content-Type"].split(";")[0])
    if response.status_code != requests.codes.ok:
        logger.warning("no token")
        return None
    return response.json()["access_token"]


print(fetch(os.environ["ADOBE_CLIENT_SECRET"]))
