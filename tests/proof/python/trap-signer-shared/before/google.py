import requests

from signer import sign

TOKEN_URI = "https://oauth2.googleapis.com/token"


def google_assertion(private_key, service_account, scope):
    return sign(private_key, lifetime=3600, iss=service_account, scope=scope, aud=TOKEN_URI)


def google_token(private_key, service_account, scope):
    response = requests.post(
        TOKEN_URI,
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": google_assertion(private_key, service_account, scope),
        },
    )
    return response.json()["access_token"]
