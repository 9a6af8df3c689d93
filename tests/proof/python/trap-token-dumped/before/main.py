"""Refreshes token.yaml; runs from cron. Other jobs read the file."""
import os
import subprocess
import sys
import time

import jwt
import requests
import yaml

IMS = "https://ims-na1.adobelogin.com"


def fetch_token():
    client_id = os.environ["ADOBE_CLIENT_ID"]
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        private_key = key_file.read()
    claims = {
        "exp": int(time.time()) + 300,
        "iss": os.environ["ADOBE_ORG_ID"],
        "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "aud": f"{IMS}/c/{client_id}",
        f"{IMS}/s/ent_user_sdk": True,
    }
    response = requests.post(
        f"{IMS}/ims/exchange/jwt",
        data={
            "client_id": client_id,
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": jwt.encode(claims, private_key, algorithm="RS256"),
        },
    )
    return response.json()


with open("token.yaml", "w") as file:
    yaml.safe_dump(fetch_token(), file)

if "--report" in sys.argv:
    subprocess.run([sys.executable, "jobs/report.py"], check=True)
