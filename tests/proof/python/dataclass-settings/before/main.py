from settings import AdobeSettings
from token_source import TokenSource

settings = AdobeSettings.from_environment()
token = TokenSource(settings).fetch()
print(f"{token['token_type']} {token['access_token']} for {settings.organization_id}")
