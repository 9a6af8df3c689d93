import os

import jwt

from adobe import adobe_token
from google import google_assertion

print("adobe", adobe_token())
with open(os.environ["GOOGLE_KEY_FILE"]) as file:
    assertion = google_assertion(file.read(), "reader@example.iam.gserviceaccount.com", "spreadsheets.readonly")
claims = jwt.decode(assertion, options={"verify_signature": False})
print("google", claims["iss"], claims["scope"])
