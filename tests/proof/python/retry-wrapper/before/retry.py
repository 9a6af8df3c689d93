import functools
import time


def retry(exceptions, tries=3, delay=0.05):
    """Call the function again when it raises one of the exceptions."""

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for remaining in reversed(range(tries)):
                try:
                    return function(*args, **kwargs)
                except exceptions:
                    if not remaining:
                        raise
                    time.sleep(delay)

        return wrapper

    return decorate
