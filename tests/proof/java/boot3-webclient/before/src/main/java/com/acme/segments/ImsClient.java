package com.acme.segments;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

@Component
class ImsClient {

    private final AdobeImsProperties properties;
    private final WebClient webClient;

    ImsClient(AdobeImsProperties properties, WebClient.Builder builder) {
        this.properties = properties;
        this.webClient = builder.baseUrl(properties.baseUrl()).build();
    }

    String fetchToken() {
        ImsToken token = webClient.post()
                .uri("/ims/exchange/jwt")
                .body(BodyInserters.fromFormData("client_id", properties.clientId())
                        .with("client_secret", properties.clientSecret())
                        .with("jwt_token", assertion()))
                .retrieve()
                .bodyToMono(ImsToken.class)
                .block();
        if (token == null) {
            throw new IllegalStateException("IMS sent an empty answer");
        }
        return token.accessToken();
    }

    private String assertion() {
        JWTCreator.Builder jwt = JWT.create()
                .withIssuer(properties.orgId())
                .withSubject(properties.technicalAccount())
                .withAudience(properties.baseUrl() + "/c/" + properties.clientId())
                .withExpiresAt(Instant.now().plusSeconds(60));
        properties.metascopes().forEach(scope -> jwt.withClaim("https://ims-na1.adobelogin.com/s/" + scope, true));
        return jwt.sign(Algorithm.RSA256(null, privateKey()));
    }

    private RSAPrivateKey privateKey() {
        try {
            String pem = properties.privateKey().getContentAsString(StandardCharsets.US_ASCII);
            String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----|\\R", "");
            return (RSAPrivateKey) KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("The private key of the technical account is not readable", e);
        }
    }

    private record ImsToken(@JsonProperty("access_token") String accessToken) {
    }
}
