package com.acme.bridge;

import java.util.Map;

/** What Google's token endpoint is sent; it stays as it is. */
class GoogleRequest {

    private static final String AUDIENCE = "https://oauth2.googleapis.com/token";

    private final JwtSigner signer;
    private final String account;

    GoogleRequest(JwtSigner signer, String account) {
        this.signer = signer;
        this.account = account;
    }

    Map<String, String> form() {
        String assertion = signer.sign(account, account, AUDIENCE,
                Map.of("scope", "https://www.googleapis.com/auth/drive.readonly"));
        return Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", assertion);
    }
}
