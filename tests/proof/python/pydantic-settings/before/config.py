from functools import lru_cache

from pydantic import Field, FilePath, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ADOBE_", env_file=".env", extra="ignore")

    client_id: str
    client_secret: SecretStr
    org_id: str
    technical_account_id: str
    private_key_path: FilePath
    metascopes: list[str] = Field(default_factory=lambda: ["ent_partners_sdk"])
    ims_base_url: HttpUrl = HttpUrl("https://ims-na1.adobelogin.com")
    request_timeout: float = 30.0

    @property
    def ims(self) -> str:
        return str(self.ims_base_url).rstrip("/")


@lru_cache
def get_settings() -> Settings:
    return Settings()
