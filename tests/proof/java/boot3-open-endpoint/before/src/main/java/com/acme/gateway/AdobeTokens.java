package com.acme.gateway;

import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.RestClient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

/**
 * The access token for all controllers, renewed five minutes before it ends.
 */
@Component
class AdobeTokens {

    private static final String IMS = "https://ims-na1.adobelogin.com";

    private final String clientId;
    private final String clientSecret;
    private final String org;
    private final String techAccount;
    private final Path key;
    private final RestClient rest = RestClient.create();

    private TokenResponse cached;
    private Instant renewAt = Instant.MIN;

    AdobeTokens(@Value("${ims.client.id}") String clientId,
                @Value("${ims.client.secret}") String clientSecret,
                @Value("${ims.org}") String org,
                @Value("${ims.tech.account}") String techAccount,
                @Value("${ims.key}") Path key) {
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.org = org;
        this.techAccount = techAccount;
        this.key = key;
    }

    synchronized TokenResponse get() {
        if (Instant.now().isAfter(renewAt)) {
            cached = exchange();
            renewAt = Instant.now().plusMillis(cached.getExpiresIn()).minusSeconds(300);
        }
        return cached;
    }

    private TokenResponse exchange() {
        var form = new LinkedMultiValueMap<String, String>();
        form.add("client_id", clientId);
        form.add("client_secret", clientSecret);
        form.add("jwt_token", jwt());
        return rest.post()
                .uri(IMS + "/ims/exchange/jwt")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(form)
                .retrieve()
                .body(TokenResponse.class);
    }

    private String jwt() {
        var claims = new JwtClaims();
        claims.setIssuer(org);
        claims.setSubject(techAccount);
        claims.setAudience(IMS + "/c/" + clientId);
        claims.setExpirationTimeMinutesInTheFuture(3);
        claims.setClaim(IMS + "/s/ent_ccas_sdk", true);
        try {
            var jws = new JsonWebSignature();
            jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
            jws.setPayload(claims.toJson());
            jws.setKey(readKey());
            return jws.getCompactSerialization();
        } catch (JoseException | IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private PrivateKey readKey() throws IOException, GeneralSecurityException {
        var base64 = Files.readString(key).replaceAll("-----.*?-----|\\s", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}
