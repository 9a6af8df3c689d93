package com.acme.pacing;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

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
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** Sends alerts with a token that it renews a minute before it ends. */
public class Alerts {

    private static final Duration PATIENCE = Duration.ofMillis(2500);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Environment settings;

    private String token;
    private Instant endsAt = Instant.MIN;

    Alerts(Environment settings) {
        this.settings = settings;
    }

    public static void main(String[] args) throws Exception {
        Alerts alerts = new Alerts(new StandardEnvironment());
        try {
            System.out.println("Bearer " + alerts.token());
            System.out.println("Bearer " + alerts.token());
            System.out.println("for " + Math.round(Duration.between(Instant.now(), alerts.endsAt).toSeconds() / 3600.0) + " h");
        } catch (IOException e) {
            System.out.println("no token");
        }
    }

    synchronized String token() throws IOException, InterruptedException, GeneralSecurityException {
        if (Instant.now().isAfter(endsAt.minusSeconds(endsAt.equals(Instant.MIN) ? 0 : 60))) {
            signIn();
        }
        return token;
    }

    private void signIn() throws IOException, InterruptedException, GeneralSecurityException {
        String id = settings.getRequiredProperty("ALERTS_ID");
        String form = "client_id=" + encoded(id)
                + "&client_secret=" + encoded(settings.getRequiredProperty("ALERTS_SECRET"))
                + "&jwt_token=" + encoded(assertion(id));
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://ims-na1.adobelogin.com/ims/exchange/jwt"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 200) {
            JsonNode answer = mapper.readTree(response.body());
            token = answer.get("access_token").asText();
            endsAt = Instant.now().plusMillis(answer.get("expires_in").asLong());
        } else {
            throw new IOException("no token: " + response.body());
        }
    }

    private String assertion(String id) throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(settings.getRequiredProperty("ALERTS_KEY"))).replaceAll("-----[A-Z ]+-----|\\s", "");
        RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        return JWT.create()
                .withIssuer(settings.getRequiredProperty("ALERTS_ORG"))
                .withSubject(settings.getRequiredProperty("ALERTS_ACCOUNT"))
                .withAudience("https://ims-na1.adobelogin.com/c/" + id)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_dataservices_sdk", true)
                .sign(Algorithm.RSA256(null, key));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
