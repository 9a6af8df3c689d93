import os

import requests

from token_client import fetch_token, new_session

ims = os.environ.get("ADOBE_IMS_URL", "https://ims-na1.adobelogin.com")
with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
    credential = {
        "client_id": os.environ["ADOBE_CLIENT_ID"],
        "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
        "org_id": os.environ["ADOBE_ORG_ID"],
        "technical_account_id": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "private_key": file.read(),
    }

with new_session() as session:
    token = fetch_token(session, ims, credential)
    print(token["token_type"], token["access_token"])

    try:
        fetch_token(session, ims, dict(credential, client_secret="expired"))
    except requests.HTTPError as error:
        print("refused:", error.response.json()["error"])
