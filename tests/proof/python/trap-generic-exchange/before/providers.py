"""Identity providers that trade a signed assertion for a token."""
import os
import time

import jwt
import requests

PROVIDERS = {
    "adobe": {
        "url": "https://ims-na1.adobelogin.com/ims/exchange/jwt",
        "audience": "https://ims-na1.adobelogin.com/c/{client_id}",
        "claims": {"https://ims-na1.adobelogin.com/s/ent_user_sdk": True},
        "form": {"client_id": "{client_id}", "client_secret": "{client_secret}"},
        "assertion": "jwt_token",
    },
    "docusign": {
        "url": "https://account.docusign.com/oauth/token",
        "audience": "account.docusign.com",
        "claims": {"scope": "signature impersonation"},
        "form": {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"},
        "assertion": "assertion",
    },
}


def token_for(name, account):
    provider = PROVIDERS[name]
    claims = {
        "iss": account["issuer"],
        "sub": account["subject"],
        "aud": provider["audience"].format(**account),
        "exp": int(time.time()) + 300,
        **provider["claims"],
    }
    with open(account["key_file"]) as key_file:
        signed = jwt.encode(claims, key_file.read(), algorithm="RS256")
    form = {field: value.format(**account) for field, value in provider["form"].items()}
    form[provider["assertion"]] = signed
    return requests.post(provider["url"], data=form, timeout=20).json()["access_token"]


def account_from_environment(prefix):
    fields = ("client_id", "client_secret", "issuer", "subject", "key_file")
    return {field: os.environ.get(f"{prefix}_{field}".upper(), "") for field in fields}
