package com.acme.login;

import com.fasterxml.jackson.databind.JsonNode;
import io.jsonwebtoken.Jwts;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;

public class JwtLogin implements AdobeLogin {

    private final RestClient client = RestClient.create("https://ims-na1.adobelogin.com");
    private final String organization;

    public JwtLogin(String organization) {
        this.organization = organization;
    }

    @Override
    public String login(String clientId, String clientSecret, String account, Path privateKey) throws IOException {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        form.add("client_id", clientId);
        form.add("client_secret", clientSecret);
        form.add("jwt_token", Jwts.builder()
                .issuer(organization)
                .subject(account)
                .claim("aud", "https://ims-na1.adobelogin.com/c/" + clientId)
                .expiration(new Date(System.currentTimeMillis() + 60_000))
                .claim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true)
                .signWith(read(privateKey), Jwts.SIG.RS256)
                .compact());
        JsonNode token = client.post()
                .uri("/ims/exchange/jwt")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(form)
                .retrieve()
                .body(JsonNode.class);
        return token.path("access_token").asText();
    }

    private static PrivateKey read(Path file) throws IOException {
        try {
            byte[] der = Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----[^-]+-----", ""));
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
