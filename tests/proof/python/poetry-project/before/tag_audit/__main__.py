from tag_audit.reactor import Reactor


def main() -> None:
    reactor = Reactor.from_environment()
    request = reactor.prepare("GET", "/companies")
    print(request.method, request.url)
    print(request.headers["Authorization"])
    print(request.headers["Accept"])


if __name__ == "__main__":
    main()
