package com.acme.login;

import java.io.IOException;
import java.nio.file.Path;

/** Implemented by other teams too. */
public interface AdobeLogin {

    /**
     * Logs in as a technical account.
     *
     * @param clientId the API key
     * @param clientSecret the secret of the API key
     * @param account the technical account
     * @param privateKey the file that holds the private key
     * @return the access token
     */
    String login(String clientId, String clientSecret, String account, Path privateKey) throws IOException;
}
