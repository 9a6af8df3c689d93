package com.acme.trace;

import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestTemplate;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Every call to a third party goes through here: audit asks for a request id and a count. */
class TracedRestTemplate extends RestTemplate {

  private final AtomicInteger calls = new AtomicInteger();

  TracedRestTemplate() {
    getInterceptors().add((request, body, execution) -> {
      request.getHeaders().set("X-Request-Id", UUID.randomUUID().toString());
      ClientHttpResponse response = execution.execute(request, body);
      calls.incrementAndGet();
      System.out.println("audit: " + request.getMethod() + " " + request.getURI().getHost() + " " + response.getRawStatusCode());
      return response;
    });
  }

  int calls() {
    return calls.get();
  }
}
