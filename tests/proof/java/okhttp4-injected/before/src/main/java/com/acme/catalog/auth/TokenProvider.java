package com.acme.catalog.auth;

import java.io.IOException;

/** Where a client takes its access token from. */
public interface TokenProvider {

    AccessToken current() throws IOException;
}
