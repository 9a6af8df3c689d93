import time

import jwt
import requests

from registry import token_source


@token_source("static", needs=("token",))
def static(token):
    return token, 0


@token_source("adobe", needs=("client_id", "client_secret", "org_id", "account_id", "private_key"))
def adobe(client_id, client_secret, org_id, account_id, private_key):
    base = "https://ims-na1.adobelogin.com"
    assertion = jwt.encode(
        {
            "exp": int(time.time()) + 300,
            "iss": org_id,
            "sub": account_id,
            "aud": f"{base}/c/{client_id}",
            f"{base}/s/ent_user_sdk": True,
        },
        private_key,
        algorithm="RS256",
    )
    answer = requests.post(
        f"{base}/ims/exchange/jwt",
        data={"client_id": client_id, "client_secret": client_secret, "jwt_token": assertion},
    ).json()
    return answer["access_token"], answer["expires_in"]
