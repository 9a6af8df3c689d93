package com.acme.audience;

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
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * Hands out the access token and keeps it until shortly before it expires.
 */
public class TokenSource {

  private static final long MARGIN_MS = 60_000;

  private static final String REGISTRATION = "adobe";

  private final OAuth2AuthorizedClientManager clients;

  private String token;
  private long expiresAt;

  /**
   * @param privateKey not read any more: the client secret alone proves who we are
   */
  public TokenSource(Properties config, String clientSecret, Path privateKey) {
    String scopes = System.getenv("ADOBE_IMS_SCOPES");
    if (scopes == null || scopes.isEmpty()) {
      throw new IllegalStateException("ADOBE_IMS_SCOPES is not set: the scopes of the credential, joined by commas");
    }
    ClientRegistration registration = ClientRegistration.withRegistrationId(REGISTRATION)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
        .tokenUri("https://" + config.getProperty("ims.host") + config.getProperty("ims.endpoint"))
        .clientId(config.getProperty("api.key"))
        .clientSecret(clientSecret)
        .scope(scopes) // one comma-joined value: Spring joins several with spaces
        .build();
    InMemoryClientRegistrationRepository registrations = new InMemoryClientRegistrationRepository(registration);
    AuthorizedClientServiceOAuth2AuthorizedClientManager manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
        registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
    // the manager keeps the token too: with the margin of this class, or it would hand out the old one
    manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
        .clientCredentials(grant -> grant.clockSkew(Duration.ofMillis(MARGIN_MS)))
        .build());
    this.clients = manager;
  }

  public synchronized String getToken() throws IOException {
    if (token == null || System.currentTimeMillis() > expiresAt - MARGIN_MS) {
      refresh();
    }
    return token;
  }

  /** Minutes until a new token will be fetched. */
  public synchronized long minutesLeft() {
    return Math.round((expiresAt - System.currentTimeMillis()) / 60_000.0);
  }

  private void refresh() throws IOException {
    try {
      OAuth2AuthorizedClient client = clients.authorize(
          OAuth2AuthorizeRequest.withClientRegistrationId(REGISTRATION).principal(REGISTRATION).build());
      if (client == null) {
        throw new IOException("No access token");
      }
      OAuth2AccessToken accessToken = client.getAccessToken();
      token = accessToken.getTokenValue();
      expiresAt = accessToken.getExpiresAt().toEpochMilli();
    } catch (OAuth2AuthorizationException e) {
      throw new IOException("No access token: " + e.getMessage(), e);
    }
  }
}
