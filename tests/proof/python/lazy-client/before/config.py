import os

from dotenv import load_dotenv

load_dotenv()


def _read_key(path):
    with open(path) as f:
        return f.read()


class Config:
    def __init__(self):
        self.ims_host = os.getenv('IMS_HOST', 'https://ims-na1.adobelogin.com')
        self.client_id = os.getenv('CLIENT_ID')
        self.client_secret = os.getenv('CLIENT_SECRET')
        self.org_id = os.getenv('ORG_ID')
        self.technical_account_id = os.getenv('TECH_ID')
        self.private_key = _read_key(os.environ['KEY_FILE'])
        self.metascopes = os.getenv('METASCOPES', 'ent_user_sdk')

    @property
    def headers(self):
        return {'x-gw-ims-org-id': self.org_id, 'x-api-key': self.client_id}
