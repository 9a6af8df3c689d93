package com.acme.proxy;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import org.springframework.boot.web.client.RestTemplateBuilder;
import org.springframework.core.env.Environment;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Date;

@RestController
class TokenController {

    private final RestTemplate rest;
    private final Environment env;

    TokenController(RestTemplateBuilder builder, Environment env) {
        this.rest = builder.build();
        this.env = env;
    }

    /** The front end reads status, headers and body as Adobe sent them. */
    @GetMapping("/token")
    ResponseEntity<String> token() throws Exception {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        form.add("client_id", env.getRequiredProperty("ADOBE_CLIENT_ID"));
        form.add("client_secret", env.getRequiredProperty("ADOBE_CLIENT_SECRET"));
        form.add("jwt_token", jwt());
        return rest.postForEntity("https://ims-na1.adobelogin.com/ims/exchange/jwt", form, String.class);
    }

    private String jwt() throws Exception {
        String base64 = Files.readString(Path.of(env.getRequiredProperty("ADOBE_PRIVATE_KEY_FILE"))).replaceAll("-----[^-]+-----|\\s", "");
        RSAPrivateKey key = (RSAPrivateKey) KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
        return JWT.create()
                .withIssuer(env.getRequiredProperty("ADOBE_ORG_ID"))
                .withSubject(env.getRequiredProperty("ADOBE_TECHNICAL_ACCOUNT_ID"))
                .withAudience("https://ims-na1.adobelogin.com/c/" + env.getRequiredProperty("ADOBE_CLIENT_ID"))
                .withExpiresAt(new Date(System.currentTimeMillis() + 60_000))
                .withClaim("https://ims-na1.adobelogin.com/s/ent_user_sdk", true)
                .sign(Algorithm.RSA256(null, key));
    }
}
