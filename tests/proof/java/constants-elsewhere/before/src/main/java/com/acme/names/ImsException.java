package com.acme.names;

/** IMS gives no token. */
class ImsException extends Exception {
    private static final long serialVersionUID = 1L;

    ImsException(String message) {
        super(message);
    }
}
