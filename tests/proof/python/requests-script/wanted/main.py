#!/usr/bin/env python3
# Prints a token for the Adobe Analytics 2.0 API.
import os

from authlib.integrations.requests_client import OAuth2Session
from dotenv import load_dotenv

load_dotenv()

client_id = os.environ['CLIENT_ID']
client_secret = os.environ['CLIENT_SECRET']

url = 'https://ims-na1.adobelogin.com/ims/token/v3'

with OAuth2Session(
    client_id,
    client_secret,
    scope='openid,AdobeID,read_organizations',
    token_endpoint_auth_method='client_secret_post',
) as client:
    body = client.fetch_token(url, grant_type='client_credentials')

access_token = body['access_token']
print('%s %s' % (body['token_type'], access_token))
