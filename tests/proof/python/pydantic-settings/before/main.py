from datetime import datetime, timedelta, timezone

import jwt
import requests

from config import Settings, get_settings


def create_jwt(settings: Settings) -> str:
    payload = {
        "iss": settings.org_id,
        "sub": settings.technical_account_id,
        "aud": f"{settings.ims}/c/{settings.client_id}",
        "exp": datetime.now(timezone.utc) + timedelta(minutes=10),
        **{f"{settings.ims}/s/{metascope}": True for metascope in settings.metascopes},
    }
    return jwt.encode(payload, settings.private_key_path.read_text(), algorithm="RS256")


def get_token(settings: Settings) -> str:
    response = requests.post(
        f"{settings.ims}/ims/exchange/jwt",
        data={
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            "jwt_token": create_jwt(settings),
        },
        timeout=settings.request_timeout,
    )
    token: str = response.json()["access_token"]
    return token


if __name__ == "__main__":
    print(get_token(get_settings()))
