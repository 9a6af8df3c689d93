package com.acme.users;

import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;

/** Asks Adobe IMS for access tokens with the client credentials. */
final class AdobeIms {

    private AdobeIms() {
    }

    static OAuth2AccessToken requestToken(String clientId, String clientSecret) {
        var registration = ClientRegistration.withRegistrationId("adobe")
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .tokenUri("https://ims-na1.adobelogin.com/ims/token/v3")
                .clientId(clientId)
                .clientSecret(clientSecret)
                .scope("openid,AdobeID,user_management_sdk") // one comma-joined value: Spring joins several with spaces
                .build();
        var registrations = new InMemoryClientRegistrationRepository(registration);
        var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
                registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder().clientCredentials().build());
        OAuth2AuthorizedClient client = manager.authorize(
                OAuth2AuthorizeRequest.withClientRegistrationId("adobe").principal("adobe").build());
        if (client == null) {
            throw new IllegalStateException("Adobe IMS gave no access token");
        }
        return client.getAccessToken();
    }
}
