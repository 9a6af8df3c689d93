import requests


def token(client_id, client_secret):
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return requests.post("https://ims-na1.adobelogin.com/ims/token/v3", data=form).json()["access_token"]
