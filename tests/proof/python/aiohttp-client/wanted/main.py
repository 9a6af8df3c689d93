import asyncio
import os

import aiohttp

IMS_ENDPOINT = os.environ.get("IMS_ENDPOINT", "https://ims-na1.adobelogin.com")


class AdobeClient:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._token: str | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        async with self._lock:
            if self._token is None:
                self._token = await self._exchange()
        return self._token

    async def _exchange(self) -> str:
        form = {
            "client_id": os.environ["ADOBE_API_KEY"],
            "client_secret": os.environ["ADOBE_API_SECRET"],
            "grant_type": "client_credentials",
            "scope": "openid,AdobeID,read_organizations",
        }
        async with self._session.post(f"{IMS_ENDPOINT}/ims/token/v3", data=form) as response:
            response.raise_for_status()
            content = await response.json()
        return content["access_token"]


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        client = AdobeClient(session)
        tokens = await asyncio.gather(*(client.token() for _ in range(3)))
        print(tokens[0])
        print("distinct tokens:", len(set(tokens)))


asyncio.run(main())
