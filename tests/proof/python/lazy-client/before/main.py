from client import AdobeError, TokenManager
from config import Config

config = Config()
manager = TokenManager(config)
try:
    print(manager.token)
except AdobeError as error:
    print("failed", error)
print(manager.token == manager.token, config.headers['x-api-key'])
print(int((manager._expires_at - __import__("time").time()) // 3600))
