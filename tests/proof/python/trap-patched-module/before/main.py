import functools

import ims

calls = []


def counted(send):
    @functools.wraps(send)
    def wrapper(url, **kwargs):
        calls.append(url)
        return send(url, **kwargs)

    return wrapper


# every request of the module shows up in the metrics
ims.requests.post = counted(ims.requests.post)

print(ims.token())
print("calls:", len(calls))
