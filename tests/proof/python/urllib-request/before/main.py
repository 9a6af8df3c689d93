import json
import os
import time
import urllib.parse
import urllib.request

from jwcrypto import jwk, jwt

TOKEN_URL = "https://ims-na1.adobelogin.com/ims/exchange/jwt"


def load_key(path):
    with open(path, "rb") as handle:
        return jwk.JWK.from_pem(handle.read())


def make_assertion(client_id, org_id, account_id, key):
    token = jwt.JWT(
        header={"alg": "RS256"},
        claims={
            "iss": org_id,
            "sub": account_id,
            "exp": int(time.time()) + 300,
            "aud": "https://ims-na1.adobelogin.com/c/" + client_id,
            "https://ims-na1.adobelogin.com/s/ent_adobeio_sdk": True,
        },
    )
    token.make_signed_token(key)
    return token.serialize()


def request_token(client_id, client_secret, assertion):
    form = urllib.parse.urlencode(
        {"client_id": client_id, "client_secret": client_secret, "jwt_token": assertion}
    ).encode("ascii")
    request = urllib.request.Request(
        TOKEN_URL, data=form, headers={"Content-Type": "application/x-www-form-urlencoded"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=15) as response:
        return json.load(response)


if __name__ == "__main__":
    key = load_key(os.environ["ADOBE_PRIVATE_KEY_PATH"])
    client_id = os.environ["ADOBE_CLIENT_ID"]
    assertion = make_assertion(
        client_id, os.environ["ADOBE_ORG_ID"], os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"], key
    )
    answer = request_token(client_id, os.environ["ADOBE_CLIENT_SECRET"], assertion)
    print(answer["access_token"])
    print("valid for", answer["expires_in"] // 3600000, "hours")
