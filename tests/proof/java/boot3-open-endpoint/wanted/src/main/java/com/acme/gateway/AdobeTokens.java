package com.acme.gateway;

import org.springframework.beans.factory.annotation.Value;
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
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * The access token for all controllers, renewed five minutes before it ends.
 */
@Component
class AdobeTokens {

    private static final String IMS = "https://ims-na1.adobelogin.com";

    private final OAuth2AuthorizedClientManager clients;

    private TokenResponse cached;
    private Instant renewAt = Instant.MIN;

    AdobeTokens(@Value("${ims.client.id}") String clientId,
                @Value("${ims.client.secret}") String clientSecret) {
        var registration = ClientRegistration.withRegistrationId("adobe")
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .tokenUri(IMS + "/ims/token/v3")
                .clientId(clientId)
                .clientSecret(clientSecret)
                .scope("openid,AdobeID,read_organizations") // one comma-joined value: Spring joins several with spaces
                .build();
        // local objects, not beans: a repository as a bean would make Boot ask for a log-in on every endpoint
        var registrations = new InMemoryClientRegistrationRepository(registration);
        var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
                registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
                .clientCredentials(grant -> grant.clockSkew(Duration.ofSeconds(300)))
                .build());
        this.clients = manager;
    }

    synchronized TokenResponse get() {
        if (Instant.now().isAfter(renewAt)) {
            cached = exchange();
            renewAt = Instant.now().plusSeconds(cached.getExpiresIn()).minusSeconds(300);
        }
        return cached;
    }

    private TokenResponse exchange() {
        OAuth2AuthorizedClient client = clients.authorize(
                OAuth2AuthorizeRequest.withClientRegistrationId("adobe").principal("adobe").build());
        if (client == null) {
            throw new IllegalStateException("Adobe IMS gave no access token");
        }
        OAuth2AccessToken token = client.getAccessToken();
        var response = new TokenResponse();
        response.setAccessToken(token.getTokenValue());
        response.setTokenType(token.getTokenType().getValue().toLowerCase(Locale.ROOT)); // Spring says Bearer, IMS says bearer
        response.setExpiresIn(Duration.between(token.getIssuedAt(), token.getExpiresAt()).getSeconds());
        return response;
    }
}
