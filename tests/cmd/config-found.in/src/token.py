import jwt
import requests

KEY_FILE = "private.key"


def token(client_id, organization, account):
    claims = {
        "iss": organization,
        "sub": account,
        "aud": f"https://ims-na1.adobelogin.com/c/{client_id}",
        "https://ims-na1.adobelogin.com/s/ent_user_sdk": True,
    }
    with open(KEY_FILE) as key:
        assertion = jwt.encode(claims, key.read(), algorithm="RS256")
    form = {"client_id": client_id, "client_secret": "p8e-s3cr3tV4lu3-0123456789", "jwt_token": assertion}
    answer = requests.post("https://ims-na1.adobelogin.com/ims/exchange/jwt", data=form)
    return answer.json()["access_token"]
