import requests


def token(assertion):
    form = {"client_id": 1, "client_secret": 2, "jwt_token": assertion}
    return requests.post("https://ims-na1.adobelogin.com/ims/exchange/jwt", data=form).json()


def half_written(:
    return
