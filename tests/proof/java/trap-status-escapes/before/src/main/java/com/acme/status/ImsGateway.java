package com.acme.status;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

public class ImsGateway {

    private final HttpClient http = HttpClient.newHttpClient();

    /** The whole response: what to do with each status is up to the caller. */
    public HttpResponse<String> login(String clientId, String clientSecret)
            throws IOException, InterruptedException, GeneralSecurityException {
        String form = "client_id=" + URLEncoder.encode(clientId, StandardCharsets.UTF_8)
                + "&client_secret=" + URLEncoder.encode(clientSecret, StandardCharsets.UTF_8)
                + "&jwt_token=" + assertion(clientId);
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://ims-na1.adobelogin.com/ims/exchange/jwt"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String assertion(String clientId) throws IOException, GeneralSecurityException {
        byte[] der = Base64.getMimeDecoder().decode(
                Files.readString(Path.of(System.getenv("ADOBE_PRIVATE_KEY_FILE"))).replaceAll("-----[^-]+-----", ""));
        RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        return JWT.create()
                .withIssuer(System.getenv("ADOBE_ORG_ID"))
                .withSubject(System.getenv("ADOBE_TECHNICAL_ACCOUNT_ID"))
                .withAudience("https://ims-na1.adobelogin.com/c/" + clientId)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true)
                .sign(Algorithm.RSA256(null, key));
    }
}
