import os
from pathlib import Path

import yaml

from sandbox_client.auth import authenticate

config = yaml.safe_load(Path("config/adobe.yaml").read_text())
# on the build server the key is mounted elsewhere
key_path = os.environ.get("ADOBE_PRIVATE_KEY", config["adobe"]["private_key_path"])
session = authenticate(config["adobe"], key_path)
print(session.headers["Authorization"])
print(session.headers["x-api-key"])
print(config["sandbox"])
