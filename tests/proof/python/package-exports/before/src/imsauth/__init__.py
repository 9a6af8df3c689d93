from imsauth.errors import ImsAuthError
from imsauth.exchange import Credential, get_token

__all__ = ("Credential", "ImsAuthError", "get_token")
__version__ = "0.4.1"
