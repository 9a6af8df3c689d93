"""A WSGI application that logs the caller in and hands the answer of IMS through."""
import os
import time

import jwt
import requests

IMS = "https://ims-na1.adobelogin.com"
HOP_BY_HOP = {"connection", "content-encoding", "transfer-encoding", "server", "date"}


def exchange() -> requests.Response:
    client_id = os.environ["ADOBE_CLIENT_ID"]
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        assertion = jwt.encode(
            {
                "exp": int(time.time()) + 60,
                "iss": os.environ["ADOBE_ORG_ID"],
                "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
                "aud": f"{IMS}/c/{client_id}",
                f"{IMS}/s/ent_user_sdk": True,
            },
            file.read(),
            algorithm="RS256",
        )
    form = {"client_id": client_id, "client_secret": os.environ["ADOBE_CLIENT_SECRET"], "jwt_token": assertion}
    return requests.post(f"{IMS}/ims/exchange/jwt", data=form, timeout=10)


def application(environ, start_response):
    upstream = exchange()
    headers = [(name, value) for name, value in upstream.headers.items() if name.lower() not in HOP_BY_HOP]
    start_response(f"{upstream.status_code} {upstream.reason}", headers)
    return [upstream.content]
