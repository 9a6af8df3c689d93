package com.acme.events;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpHeaders;

@SpringBootApplication
public class EventRegistrarApplication implements CommandLineRunner {

	private final AdobeImsService ims;

	public EventRegistrarApplication(AdobeImsService ims) {
		this.ims = ims;
	}

	public static void main(String[] args) {
		SpringApplication.run(EventRegistrarApplication.class, args);
	}

	@Override
	public void run(String... args) throws Exception {
		HttpHeaders headers = ims.headersFor(ims.getAccessToken());
		System.out.println(headers.getFirst(HttpHeaders.AUTHORIZATION));
		System.out.println(headers.getFirst("x-gw-ims-org-id"));
	}
}
