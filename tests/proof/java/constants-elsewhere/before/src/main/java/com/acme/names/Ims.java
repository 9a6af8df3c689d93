package com.acme.names;

/** Names of IMS. */
final class Ims {
    static final String HOST = "https://ims-na1.adobelogin.com";
    static final String EXCHANGE_PATH = "/ims/exchange/jwt";
    static final String CLIENT_ID = "client_id";
    static final String CLIENT_SECRET = "client_secret";
    static final String JWT_TOKEN = "jwt_token";
    static final String ACCESS_TOKEN = "access_token";

    private Ims() {
    }
}
