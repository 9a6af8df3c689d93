package com.acme.events;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.stereotype.Service;

@Service
public class AdobeImsService {

	private static final Logger log = LoggerFactory.getLogger(AdobeImsService.class);

	@Value("${adobe.client-id}")
	private String clientId;

	@Value("${adobe.client-secret}")
	private String clientSecret;

	@Value("${adobe.org-id}")
	private String orgId;

	@Value("${adobe.scopes}")
	private String scopes;

	@Value("${adobe.ims-url}")
	private String imsUrl;

	public String getAccessToken() throws Exception {
		log.info("Requesting an access token for {}", clientId);

		ClientRegistration registration = ClientRegistration.withRegistrationId("adobe")
				.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
				.clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
				.tokenUri(imsUrl + "/ims/token/v3")
				.clientId(clientId)
				.clientSecret(clientSecret)
				.scope(scopes) // one comma-joined value: Spring joins several with spaces
				.build();
		InMemoryClientRegistrationRepository registrations = new InMemoryClientRegistrationRepository(registration);
		AuthorizedClientServiceOAuth2AuthorizedClientManager manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
				registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
		manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder().clientCredentials().build());
		OAuth2AuthorizedClient client = manager.authorize(
				OAuth2AuthorizeRequest.withClientRegistrationId("adobe").principal("adobe").build());
		if (client == null) {
			throw new IllegalStateException("Adobe IMS gave no access token");
		}
		return client.getAccessToken().getTokenValue();
	}

	/** For the headers of the calls that follow. */
	public HttpHeaders headersFor(String accessToken) {
		HttpHeaders headers = new HttpHeaders();
		headers.setBearerAuth(accessToken);
		headers.set("x-api-key", clientId);
		headers.set("x-gw-ims-org-id", orgId);
		return headers;
	}
}
