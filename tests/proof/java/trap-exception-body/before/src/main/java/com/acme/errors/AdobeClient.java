package com.acme.errors;

import com.fasterxml.jackson.databind.JsonNode;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestTemplate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

@Component
public class AdobeClient {

	private final RestTemplate rest = new RestTemplate();
	private final Environment env;

	public AdobeClient(Environment env) {
		this.env = env;
	}

	public String login(String secret) {
		MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
		form.add("client_id", env.getProperty("ADOBE_CLIENT_ID"));
		form.add("client_secret", secret);
		form.add("jwt_token", jwt());
		return rest.postForObject("https://ims-na1.adobelogin.com/ims/exchange/jwt", form, JsonNode.class)
				.get("access_token").asText();
	}

	private String jwt() {
		try {
			JwtClaims claims = new JwtClaims();
			claims.setIssuer(env.getProperty("ADOBE_ORG_ID"));
			claims.setSubject(env.getProperty("ADOBE_TECHNICAL_ACCOUNT_ID"));
			claims.setAudience("https://ims-na1.adobelogin.com/c/" + env.getProperty("ADOBE_CLIENT_ID"));
			claims.setExpirationTimeMinutesInTheFuture(1);
			claims.setClaim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true);
			String pem = new String(Files.readAllBytes(Paths.get(env.getProperty("ADOBE_PRIVATE_KEY_FILE"))), StandardCharsets.UTF_8);
			byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
			JsonWebSignature jws = new JsonWebSignature();
			jws.setPayload(claims.toJson());
			jws.setKey(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
			jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
			return jws.getCompactSerialization();
		} catch (Exception e) {
			throw new IllegalStateException(e);
		}
	}
}
