import os
import ssl
import time

import httpx
import jwt

IMS = "https://ims-na1.adobelogin.com"

context = ssl.create_default_context(cafile=os.environ.get("COMPANY_CA_BUNDLE"))
context.minimum_version = ssl.TLSVersion.TLSv1_2

limits = httpx.Limits(max_connections=5)
seen = []


def remember(response: httpx.Response) -> None:
    response.read()
    seen.append((response.request.method, response.status_code, sorted(response.json())[0]))


with httpx.Client(verify=context, limits=limits, event_hooks={"response": [remember]}) as client:
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as key_file:
        private_key = key_file.read()
    assertion = jwt.encode(
        {
            "exp": int(time.time()) + 300,
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": f"{IMS}/c/{os.environ['ADOBE_CLIENT_ID']}",
            f"{IMS}/s/ent_user_sdk": True,
        },
        private_key,
        algorithm="RS256",
    )
    response = client.post(
        f"{IMS}/ims/exchange/jwt",
        data={
            "client_id": os.environ["ADOBE_CLIENT_ID"],
            "client_secret": os.environ["ADOBE_CLIENT_SECRET"],
            "jwt_token": assertion,
        },
    )
    print(response.json()["access_token"])

print(*seen[0])
