import time

import jwt
import requests

IMS = "https://ims-na1.adobelogin.com"


def authenticate(config, key_path):
    """A session that sends the token with every request."""
    session = requests.Session()
    session.headers.update({
        "Authorization": "Bearer " + _access_token(session, config, key_path),
        "x-api-key": config["client_id"],
        "x-gw-ims-org-id": config["org_id"],
    })
    return session


def _access_token(session, config, key_path):
    claims = {
        "exp": round(time.time()) + 86400,
        "iss": config["org_id"],
        "sub": config["tech_account_id"],
        "aud": "{}/c/{}".format(IMS, config["client_id"]),
    }
    for scope in config["meta_scopes"]:
        claims["{}/s/{}".format(IMS, scope)] = True
    with open(key_path) as key_file:
        token = jwt.encode(claims, key_file.read(), "RS256")
    response = session.post(IMS + "/ims/exchange/jwt", data={
        "client_id": config["client_id"],
        "client_secret": config["client_secret"],
        "jwt_token": token,
    })
    return response.json()["access_token"]
