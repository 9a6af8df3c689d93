import time


class Entry:
    def __init__(self, value, ttl):
        self.value = value
        self.deadline = time.time() + ttl


ENTRIES = {}


def save(token):
    MS = 1000
    entry = Entry(token["access_token"], token["expires_in"] // MS)
    ENTRIES["adobe"] = entry
    print("stored until tomorrow:", 86000 < entry.deadline - time.time() < 86400)
