package com.acme.reactive;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;

@Service
class ImsTokens {

    record Token(@JsonProperty("access_token") String value, @JsonProperty("expires_in") long expiresIn) {
    }

    private final WebClient web;
    private final String url;
    private final Mono<String> token;

    @Value("${ims.client-id}")
    private String clientId;
    @Value("${ims.client-secret}")
    private String clientSecret;
    @Value("${ims.org-id}")
    private String orgId;
    @Value("${ims.technical-account-id}")
    private String technicalAccountId;
    @Value("${ims.private-key-file}")
    private Path privateKeyFile;

    ImsTokens(WebClient.Builder web, @Value("${ims.url}") String url) {
        this.url = url;
        this.web = web.baseUrl(url).build();
        this.token = Mono.fromCallable(this::assertion)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(this::exchange)
                .retryWhen(Retry.backoff(2, Duration.ofMillis(100)))
                .cacheInvalidateWhen(token -> Mono.delay(Duration.ofMillis(token.expiresIn()).minusMinutes(5)).then())
                .map(Token::value);
    }

    Mono<String> token() {
        return token;
    }

    private Mono<Token> exchange(String assertion) {
        return web.post()
                .uri("/ims/exchange/jwt")
                .body(BodyInserters.fromFormData("client_id", clientId)
                        .with("client_secret", clientSecret)
                        .with("jwt_token", assertion))
                .retrieve()
                .bodyToMono(Token.class);
    }

    private String assertion() throws IOException, GeneralSecurityException, JOSEException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(orgId)
                .subject(technicalAccountId)
                .audience(url + "/c/" + clientId)
                .expirationTime(new Date(System.currentTimeMillis() + 60_000))
                .claim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true)
                .build();
        byte[] der = Base64.getMimeDecoder().decode(Files.readString(privateKeyFile).replaceAll("-----[^-]+-----", ""));
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        jwt.sign(new RSASSASigner(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der))));
        return jwt.serialize();
    }
}
