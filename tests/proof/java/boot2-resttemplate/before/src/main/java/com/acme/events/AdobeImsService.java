package com.acme.events;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Service;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StreamUtils;
import org.springframework.web.client.RestTemplate;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

@Service
public class AdobeImsService {

	private static final Logger log = LoggerFactory.getLogger(AdobeImsService.class);

	@Value("${adobe.client-id}")
	private String clientId;

	@Value("${adobe.client-secret}")
	private String clientSecret;

	@Value("${adobe.org-id}")
	private String orgId;

	@Value("${adobe.technical-account-id}")
	private String technicalAccountId;

	@Value("${adobe.private-key-path}")
	private String privateKeyPath;

	@Value("${adobe.meta-scopes}")
	private String[] metaScopes;

	@Value("${adobe.ims-url}")
	private String imsUrl;

	private final RestTemplate restTemplate = new RestTemplate();

	public String getAccessToken() throws Exception {
		log.info("Requesting an access token for {}", clientId);

		HttpHeaders headers = new HttpHeaders();
		headers.setContentType(MediaType.APPLICATION_FORM_URLENCODED);

		MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
		form.add("client_id", clientId);
		form.add("client_secret", clientSecret);
		form.add("jwt_token", generateJwt());

		Map<?, ?> response = restTemplate.postForObject(
				imsUrl + "/ims/exchange/jwt", new HttpEntity<>(form, headers), Map.class);
		return (String) response.get("access_token");
	}

	/** For the headers of the calls that follow. */
	public HttpHeaders headersFor(String accessToken) {
		HttpHeaders headers = new HttpHeaders();
		headers.setBearerAuth(accessToken);
		headers.set("x-api-key", clientId);
		headers.set("x-gw-ims-org-id", orgId);
		return headers;
	}

	private String generateJwt() throws Exception {
		Map<String, Object> claims = new HashMap<>();
		claims.put("iss", orgId);
		claims.put("sub", technicalAccountId);
		claims.put("aud", imsUrl + "/c/" + clientId);
		claims.put("exp", new Date(System.currentTimeMillis() + 300000));
		for (String metaScope : metaScopes) {
			claims.put("https://ims-na1.adobelogin.com/s/" + metaScope, true);
		}
		return Jwts.builder().setClaims(claims).signWith(loadPrivateKey(), SignatureAlgorithm.RS256).compact();
	}

	private PrivateKey loadPrivateKey() throws Exception {
		try (InputStream in = Files.newInputStream(Paths.get(privateKeyPath))) {
			String pem = StreamUtils.copyToString(in, StandardCharsets.UTF_8)
					.replace("-----BEGIN PRIVATE KEY-----", "")
					.replace("-----END PRIVATE KEY-----", "");
			byte[] der = Base64.getMimeDecoder().decode(pem);
			return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
		}
	}
}
