import os

import requests

from token_client import fetch_token, new_session

ims = os.environ.get("ADOBE_IMS_URL", "https://ims-na1.adobelogin.com")
credential = {
    "client_id": os.environ["ADOBE_CLIENT_ID"],
    "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
}

with new_session() as session:
    token = fetch_token(session, ims, credential)
    print(token["token_type"], token["access_token"])

    try:
        fetch_token(session, ims, dict(credential, client_secret="expired"))
    except requests.HTTPError as error:
        print("refused:", error.response.json()["error"])
