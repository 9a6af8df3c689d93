import time
from typing import Optional

import jwt
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from config import Config


class AdobeError(Exception):
    pass


class TokenManager(object):
    """Holds the token, and fetches another one when it is about to expire."""

    TOKEN_PATH = "/ims/exchange/jwt/"

    def __init__(self, config: Config, session: Optional[requests.Session] = None):
        self.config = config
        self.session = session or self._make_session()
        self._token = None
        self._expires_at = 0.0

    @staticmethod
    def _make_session():
        session = requests.Session()
        session.mount("https://", HTTPAdapter(max_retries=Retry(total=2)))
        return session

    @property
    def token(self):
        if self._token is None or time.time() > self._expires_at - 60:
            self._refresh()
        return self._token

    def _refresh(self):
        try:
            response = self.session.post(
                self.config.ims_host + self.TOKEN_PATH,
                data={
                    'client_id': self.config.client_id,
                    'client_secret': self.config.client_secret,
                    'jwt_token': self._assertion(),
                },
                headers={'Cache-Control': 'no-cache'},
                timeout=10,
            )
            response.raise_for_status()
        except requests.exceptions.RequestException as e:
            raise AdobeError('no token') from e
        data = response.json()
        self._token = data['access_token']
        self._expires_at = time.time() + data['expires_in'] / 1000

    def _assertion(self):
        payload = {
            'exp': int(time.time()) + 60 * 5,
            'iss': self.config.org_id,
            'sub': self.config.technical_account_id,
            'aud': '%s/c/%s' % (self.config.ims_host, self.config.client_id),
        }
        for scope in self.config.metascopes.split(','):
            payload['%s/s/%s' % (self.config.ims_host, scope)] = True
        encoded = jwt.encode(payload, self.config.private_key, algorithm='RS256')
        return encoded.decode('utf-8') if isinstance(encoded, bytes) else encoded
