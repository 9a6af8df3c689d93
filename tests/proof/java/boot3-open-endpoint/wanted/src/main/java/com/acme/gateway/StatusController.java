package com.acme.gateway;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class StatusController {

    private final AdobeTokens tokens;

    StatusController(AdobeTokens tokens) {
        this.tokens = tokens;
    }

    @GetMapping("/status")
    String status() {
        return "ready, " + tokens.get().getAccessToken() + " of type " + tokens.get().getTokenType();
    }
}
