import time

import jwt


def sign(private_key, lifetime=300, **claims):
    """A compact RS256 token with an expiry."""
    now = int(time.time())
    return jwt.encode({"iat": now, "exp": now + lifetime, **claims}, private_key, algorithm="RS256")
