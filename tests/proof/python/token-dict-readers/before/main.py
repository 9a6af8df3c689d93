from datetime import timedelta

from ims_client import get_token
from store import save


token = get_token()
lifetime = timedelta(milliseconds=token["expires_in"])
print(token["access_token"], "for", lifetime.seconds // 3600, "hours")
save(token)
