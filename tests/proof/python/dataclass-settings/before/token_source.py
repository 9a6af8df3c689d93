from datetime import datetime, timedelta, timezone
from typing import Any

from jose import jws
import requests

from settings import AdobeSettings


class TokenSource:
    def __init__(self, settings: AdobeSettings, session: requests.Session | None = None) -> None:
        self._settings = settings
        self._session = session or requests.Session()

    def fetch(self) -> dict[str, Any]:
        response = self._session.post(
            f"{self._settings.ims_host}/ims/exchange/jwt",
            data={
                "client_id": self._settings.client_id,
                "client_secret": self._settings.client_secret,
                "jwt_token": self._build_assertion(),
            },
            headers={"Cache-Control": "no-cache"},
            timeout=(3.05, 27),
        )
        token: dict[str, Any] = response.json()
        return token

    def _build_assertion(self) -> str:
        settings = self._settings
        now = datetime.now(tz=timezone.utc)
        claims: dict[str, Any] = {
            "iss": settings.organization_id,
            "sub": settings.technical_account_id,
            "aud": f"{settings.ims_host}/c/{settings.client_id}",
            "exp": int((now + timedelta(hours=1)).timestamp()),
        }
        claims.update({f"{settings.ims_host}/s/{name}": True for name in settings.metascopes})
        with open(settings.private_key_path, encoding="ascii") as key_file:
            return jws.sign(claims, key_file.read(), algorithm="RS256")
