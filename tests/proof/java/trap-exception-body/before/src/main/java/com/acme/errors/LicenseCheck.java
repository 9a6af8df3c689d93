package com.acme.errors;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.HttpStatusCodeException;

@SpringBootApplication
public class LicenseCheck {

	public static void main(String[] args) {
		SpringApplication.run(LicenseCheck.class, args);
	}

	@Bean
	CommandLineRunner check(AdobeClient adobe) {
		return args -> {
			String secret = args.length > 0 ? args[0] : System.getenv("ADOBE_CLIENT_SECRET");
			try {
				System.out.println("licensed: " + adobe.login(secret));
			} catch (HttpStatusCodeException e) {
				String error = new ObjectMapper().readTree(e.getResponseBodyAsString()).get("error").asText();
				System.out.println("not licensed: " + error);
			}
		};
	}
}
