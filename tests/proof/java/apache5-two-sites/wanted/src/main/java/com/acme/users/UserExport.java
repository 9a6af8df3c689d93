package com.acme.users;

/** Exports the users of an organization. */
class UserExport {

    private final Settings settings;

    UserExport(Settings settings) {
        this.settings = settings;
    }

    String start() {
        return "export of " + settings.orgId() + " with " + login();
    }

    private String login() {
        return AdobeIms.requestToken(settings.clientId(), settings.clientSecret()).getTokenValue();
    }
}
