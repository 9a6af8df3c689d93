class ImsAuthError(RuntimeError):
    """IMS gave no token."""
