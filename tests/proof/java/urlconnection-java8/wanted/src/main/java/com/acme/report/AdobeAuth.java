package com.acme.report;

import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;

/**
 * Signs in at Adobe for the nightly report.
 */
class AdobeAuth {

    private static final String REGISTRATION = "adobe";

    /** Reports are sent in this encoding. */
    static final String REPORT_ENCODING = "UTF-8";

    private final String orgId;
    private final OAuth2AuthorizedClientManager clients;

    AdobeAuth(String clientId, String clientSecret, String orgId) {
        this.orgId = orgId;

        ClientRegistration registration = ClientRegistration.withRegistrationId(REGISTRATION)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .tokenUri("https://ims-na1.adobelogin.com/ims/token/v3")
                .clientId(clientId)
                .clientSecret(clientSecret)
                .scope("openid,AdobeID,read_organizations") // one comma-joined value: Spring joins several with spaces
                .build();
        InMemoryClientRegistrationRepository registrations = new InMemoryClientRegistrationRepository(registration);
        AuthorizedClientServiceOAuth2AuthorizedClientManager manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
                registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder().clientCredentials().build());
        this.clients = manager;
    }

    String orgId() {
        return orgId;
    }

    String accessToken() {
        OAuth2AuthorizedClient client = clients.authorize(
                OAuth2AuthorizeRequest.withClientRegistrationId(REGISTRATION).principal(REGISTRATION).build());
        if (client == null) {
            throw new IllegalStateException("Adobe IMS gave no access token");
        }
        return client.getAccessToken().getTokenValue();
    }
}
