package com.acme.proxy;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestTemplate;

import java.util.Map;
import java.util.TreeMap;

@SpringBootApplication
public class TokenProxy {

    public static void main(String[] args) {
        try (ConfigurableApplicationContext context = SpringApplication.run(TokenProxy.class, args)) {
            String port = context.getEnvironment().getProperty("local.server.port");
            @SuppressWarnings("rawtypes")
            ResponseEntity<Map> answer = new RestTemplate().getForEntity("http://localhost:" + port + "/token", Map.class);
            Map<?, ?> body = new TreeMap<Object, Object>(answer.getBody());
            System.out.println(answer.getStatusCodeValue() + " " + body.keySet() + " " + body.get("access_token"));
        }
    }
}
