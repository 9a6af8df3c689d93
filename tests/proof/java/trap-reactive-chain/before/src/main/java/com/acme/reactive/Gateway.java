package com.acme.reactive;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

@SpringBootApplication
@RestController
public class Gateway {

    private final ImsTokens tokens;

    Gateway(ImsTokens tokens) {
        this.tokens = tokens;
    }

    /** Runs on the event loop: whoever blocks here is told so by Reactor. */
    @GetMapping("/bearer")
    Mono<String> bearer() {
        return tokens.token().map(token -> "Bearer " + token);
    }

    public static void main(String[] args) {
        try (ConfigurableApplicationContext context = SpringApplication.run(Gateway.class, args)) {
            WebClient self = WebClient.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
            for (int i = 0; i < 2; i++) {
                String answer = self.get().uri("/bearer").retrieve().bodyToMono(String.class).block();
                System.out.println(answer);
            }
        }
    }
}
