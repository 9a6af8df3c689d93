import json
import os
from time import time
from urllib.parse import quote

import jwt
import requests

URL = 'https://ims-na1.adobelogin.com/ims/exchange/jwt'


def log_in():
    payload = {'exp': int(time()) + 60 * 60,
               'iss': os.environ['ADOBE_ORG_ID'],
               'sub': os.environ['ADOBE_TECHNICAL_ACCOUNT_ID'],
               'aud': 'https://ims-na1.adobelogin.com/c/' + os.environ['ADOBE_CLIENT_ID'],
               'https://ims-na1.adobelogin.com/s/ent_user_sdk': True}
    with open(os.environ['ADOBE_PRIVATE_KEY_PATH']) as f:
        signed = jwt.encode(payload, f.read(), algorithm='RS256')

    # exchange for an access token
    form = ('client_id=' + os.environ['ADOBE_CLIENT_ID'] + '&'
            'client_secret=' + quote(os.environ['ADOBE_CLIENT_SECRET'], safe='') + '&'
            'jwt_token=' + signed)
    r = requests.request('POST', URL, headers={'Content-Type': 'application/x-www-form-urlencoded'}, data=form)
    answer = json.loads(r.text)
    return {'token': answer['access_token'], 'lifetime': answer['expires_in'] / 1000}
