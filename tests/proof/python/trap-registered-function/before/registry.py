SOURCES = {}


def token_source(name, **options):
    """Registers a function that gets the settings of its section and returns (token, lifetime in ms)."""

    def register(function):
        SOURCES[name] = (function, options)
        return function

    return register


def log_in(name, settings):
    function, options = SOURCES[name]
    missing = [key for key in options["needs"] if key not in settings]
    if missing:
        raise KeyError(f"{name} needs {', '.join(missing)}")
    return function(**{key: settings[key] for key in options["needs"]})
