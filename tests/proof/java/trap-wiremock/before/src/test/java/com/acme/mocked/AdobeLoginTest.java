package com.acme.mocked;

import com.github.tomakehurst.wiremock.junit.WireMockRule;
import org.junit.Rule;
import org.junit.Test;

import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

public class AdobeLoginTest {

    @Rule
    public WireMockRule ims = new WireMockRule(options().dynamicPort());

    private final KeyPair keys = keys();

    @Test
    public void returnsTheToken() throws Exception {
        ims.stubFor(post(urlEqualTo("/ims/exchange/jwt"))
                .willReturn(okJson("{\"token_type\":\"bearer\",\"access_token\":\"abc\",\"expires_in\":86399998}")));

        assertEquals("abc", login().token(keys.getPrivate()));

        ims.verify(postRequestedFor(urlEqualTo("/ims/exchange/jwt"))
                .withHeader("Content-Type", containing("application/x-www-form-urlencoded"))
                .withRequestBody(matching(".*jwt_token=[\\w.-]+.*")));
    }

    @Test
    public void saysWhatImsSaid() {
        ims.stubFor(post(urlEqualTo("/ims/exchange/jwt"))
                .willReturn(jsonResponse("{\"error\":\"invalid_client\"}", 400)));

        IOException e = assertThrows(IOException.class, () -> login().token(keys.getPrivate()));
        assertEquals("invalid_client", e.getMessage());
    }

    private AdobeLogin login() {
        return new AdobeLogin(ims.baseUrl(), "id", "secret", "1@AdobeOrg", "a@techacct.adobe.com");
    }

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
