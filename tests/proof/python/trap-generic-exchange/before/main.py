import sys

from providers import account_from_environment, token_for

name = sys.argv[1]
print(name, token_for(name, account_from_environment(name)))
