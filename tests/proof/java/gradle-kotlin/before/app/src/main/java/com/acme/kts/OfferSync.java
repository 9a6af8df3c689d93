package com.acme.kts;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class OfferSync implements CommandLineRunner {

    private final OfferTokens tokens;

    public OfferSync(OfferTokens tokens) {
        this.tokens = tokens;
    }

    public static void main(String[] args) {
        SpringApplication.run(OfferSync.class, args);
    }

    @Override
    public void run(String... args) throws Exception {
        System.out.println("Bearer " + tokens.fetch());
    }
}
