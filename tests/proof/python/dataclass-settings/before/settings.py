from dataclasses import dataclass, field
import os


@dataclass(frozen=True)
class AdobeSettings:
    """What the Developer Console shows for the project."""

    client_id: str
    client_secret: str = field(repr=False)
    organization_id: str
    technical_account_id: str
    private_key_path: str
    ims_host: str = "https://ims-na1.adobelogin.com"
    metascopes: tuple[str, ...] = ("ent_campaign_sdk",)

    @classmethod
    def from_environment(cls) -> "AdobeSettings":
        return cls(
            client_id=os.environ["ACS_CLIENT_ID"],
            client_secret=os.environ["ACS_CLIENT_SECRET"],
            organization_id=os.environ["ACS_ORGANIZATION_ID"],
            technical_account_id=os.environ["ACS_TECHNICAL_ACCOUNT_ID"],
            private_key_path=os.environ["ACS_PRIVATE_KEY_PATH"],
            ims_host=os.environ.get("ACS_IMS_HOST", "https://ims-na1.adobelogin.com"),
        )
