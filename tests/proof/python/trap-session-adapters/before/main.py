import os
import time

import jwt
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

IMS = os.environ.get("IMS_BASE_URL", "https://ims-na1.adobelogin.com")


class CountingAdapter(HTTPAdapter):
    """Counts what goes out, for the metrics of the job."""

    sent = 0

    def send(self, request, **kwargs):
        type(self).sent += 1
        return super().send(request, **kwargs)


def corporate_session():
    session = requests.Session()
    adapter = CountingAdapter(max_retries=Retry(total=2, status_forcelist=[503], allowed_methods={"GET", "POST"}))
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    if os.environ.get("CORPORATE_PROXY"):
        session.proxies = {"https": os.environ["CORPORATE_PROXY"]}
    session.trust_env = False
    return session


def token(session):
    claims = {
        "exp": int(time.time()) + 300,
        "iss": os.environ["ADOBE_ORG_ID"],
        "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
        "aud": IMS + "/c/" + os.environ["ADOBE_CLIENT_ID"],
        IMS + "/s/ent_user_sdk": True,
    }
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        signed = jwt.encode(claims, key_file.read(), algorithm="RS256")
    response = session.post(
        IMS + "/ims/exchange/jwt",
        data={
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": signed,
        },
        timeout=10,
    )
    return response.json()["access_token"]


with corporate_session() as session:
    print(token(session))
print("requests sent:", CountingAdapter.sent)
