"""The key never leaves the vault: it signs for us."""
import base64
import json
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from base import AdobeLogin


class Vault:
    def __init__(self, path):
        with open(path, "rb") as stream:
            self._key = serialization.load_pem_private_key(stream.read(), None)
        self.signatures = 0

    def sign(self, message):
        self.signatures += 1
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _encode(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=")


class VaultLogin(AdobeLogin):
    def __init__(self, *args):
        super().__init__(*args)
        self.vault = Vault(os.environ["VAULT_KEY_FILE"])

    def sign(self, claims):
        message = b".".join(_encode(json.dumps(part).encode()) for part in ({"alg": "RS256"}, claims))
        return (message + b"." + _encode(self.vault.sign(message))).decode("ascii")
