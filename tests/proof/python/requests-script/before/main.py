#!/usr/bin/env python3
# Prints a token for the Adobe Analytics 2.0 API.
import os, time

import jwt
import requests
from dotenv import load_dotenv

load_dotenv()

client_id = os.environ['CLIENT_ID']
client_secret = os.environ['CLIENT_SECRET']
org_id = os.environ['ORG_ID']
tech_account = os.environ['TECH_ACCT_ID']

url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt/'

# the claims
payload = {}
payload['exp'] = int(time.time()) + 24 * 60 * 60
payload['iss'] = org_id
payload['sub'] = tech_account
payload['aud'] = 'https://ims-na1.adobelogin.com/c/' + client_id
payload['https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk'] = True

with open(os.path.expandvars(os.environ['PRIVATE_KEY_PATH']), 'r') as f:
    private_key = f.read()

signed = jwt.encode(payload, private_key, algorithm='RS256')

files = {
    'client_id': (None, client_id),
    'client_secret': (None, client_secret),
    'jwt_token': (None, signed),
}
res = requests.post(url, files=files)
body = res.json()

access_token = body['access_token']
print('%s %s' % (body['token_type'], access_token))
