import asyncio
import os
import time

import httpx
import jwt

IMS = "https://ims-na1.adobelogin.com"


class TokenUnavailable(Exception):
    pass


async def fetch(client: httpx.AsyncClient, secret: str) -> str:
    with open(os.environ["ADOBE_PRIVATE_KEY_PATH"]) as file:
        private_key = file.read()
    assertion = jwt.encode(
        {
            "exp": int(time.time()) + 300,
            "iss": os.environ["ADOBE_ORG_ID"],
            "sub": os.environ["ADOBE_TECHNICAL_ACCOUNT_ID"],
            "aud": f"{IMS}/c/{os.environ['ADOBE_CLIENT_ID']}",
            f"{IMS}/s/ent_user_sdk": True,
        },
        private_key,
        algorithm="RS256",
    )
    try:
        response = await client.post(
            f"{IMS}/ims/exchange/jwt",
            data={"client_id": os.environ["ADOBE_CLIENT_ID"], "client_secret": secret, "jwt_token": assertion},
        )
        response.raise_for_status()
    except httpx.TimeoutException as error:
        raise TokenUnavailable("too slow") from error
    except httpx.HTTPStatusError as error:
        raise TokenUnavailable("refused") from error
    except httpx.HTTPError as error:
        raise TokenUnavailable("no connection") from error
    return response.json()["access_token"]


async def main() -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        results = await asyncio.gather(
            fetch(client, os.environ["ADOBE_CLIENT_SECRET"]),
            fetch(client, "no longer valid"),
            return_exceptions=True,
        )
    for result in results:
        print(result if isinstance(result, str) else f"{type(result).__name__}: {result}")


asyncio.run(main())
