import os
import time

import yaml

with open("token.yaml") as file:
    stored = yaml.safe_load(file)

age = time.time() - os.path.getmtime("token.yaml")
left = stored["expires_in"] / 1000 - age
print(stored["access_token"])
print(f"{left / 3600:.0f} hours left")
