package com.acme.users;

import org.springframework.security.oauth2.core.OAuth2AccessToken;

import java.time.Duration;
import java.time.Instant;

/** Imports groups; knows how long its token lasts. */
class GroupImport {

    private final Settings settings;
    private Instant validUntil = Instant.MIN;

    GroupImport(Settings settings) {
        this.settings = settings;
    }

    String start() {
        var token = signIn();
        var hours = Duration.between(Instant.now(), validUntil).plusMinutes(30).toHours();
        return "import with " + token + " for " + hours + " h";
    }

    private String signIn() {
        OAuth2AccessToken token = AdobeIms.requestToken(settings.clientId(), settings.clientSecret());
        validUntil = token.getExpiresAt();
        return token.getTokenValue();
    }
}
