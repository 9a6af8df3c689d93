package com.acme.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.google.gson.JsonParser;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;

public class TokenHandler implements RequestHandler<Map<String, String>, String> {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Override
    public String handleRequest(Map<String, String> event, Context context) {
        String body = "client_id=" + enc(System.getenv("CLIENT_ID"))
                + "&client_secret=" + enc(System.getenv("CLIENT_SECRET"))
                + "&jwt_token=" + enc(jwt());
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://ims-na1.adobelogin.com/ims/exchange/jwt"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return event.get("prefix") + JsonParser.parseString(response.body()).getAsJsonObject().get("access_token").getAsString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String jwt() {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(System.getenv("ORG_ID"))
                .subject(System.getenv("TECHNICAL_ACCOUNT_ID"))
                .audience("https://ims-na1.adobelogin.com/c/" + System.getenv("CLIENT_ID"))
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .claim("https://ims-na1.adobelogin.com/s/ent_adobeio_sdk", true)
                .build();
        try {
            // the key comes with a layer
            String pem = Files.readString(Path.of(System.getenv("PRIVATE_KEY_FILE")));
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
            PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
            SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (GeneralSecurityException | JOSEException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String enc(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
