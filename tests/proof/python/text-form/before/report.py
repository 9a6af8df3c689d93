import time

from login import log_in

logged_in = log_in()
ends = time.time() + logged_in['lifetime'] / 1000
if ends < time.time():
    raise SystemExit('the token is too old')
print('Bearer', logged_in['token'])
