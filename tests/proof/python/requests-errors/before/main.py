import logging
import os
import time

import jwt
import requests

logging.basicConfig(level=logging.CRITICAL)
log = logging.getLogger("adobe")

IMS = "https://ims-na1.adobelogin.com"


class LoginFailed(Exception):
    pass


def log_in(client_id, client_secret):
    claims = {
        "iss": os.environ["ADOBE_ORG_ID"],
        "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "aud": f"{IMS}/c/{client_id}",
        "exp": int(time.time()) + 300,
        f"{IMS}/s/ent_user_sdk": True,
    }
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        assertion = jwt.encode(claims, key_file.read(), algorithm="RS256")
    try:
        response = requests.post(
            f"{IMS}/ims/exchange/jwt",
            data={"client_id": client_id, "client_secret": client_secret, "jwt_token": assertion},
            timeout=10,
        )
        response.raise_for_status()
        return response.json()["access_token"]
    except requests.exceptions.HTTPError as error:
        log.error("IMS refused the client: %s", error)
        raise LoginFailed("refused") from error
    except requests.exceptions.Timeout as error:
        raise LoginFailed("IMS did not answer") from error
    except requests.exceptions.RequestException as error:
        raise LoginFailed("IMS cannot be reached") from error


if __name__ == "__main__":
    print(log_in(os.environ["ADOBE_CLIENT_ID"], os.environ["ADOBE_CLIENT_SECRET"]))
    try:
        log_in(os.environ["ADOBE_CLIENT_ID"], "not-the-secret")
    except LoginFailed as failure:
        print("login failed:", failure)
