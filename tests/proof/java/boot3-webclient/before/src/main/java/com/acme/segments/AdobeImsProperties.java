package com.acme.segments;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.io.Resource;

import java.util.List;

@ConfigurationProperties(prefix = "adobe.ims")
record AdobeImsProperties(
        String baseUrl,
        String clientId,
        String clientSecret,
        String orgId,
        String technicalAccount,
        List<String> metascopes,
        Resource privateKey) {
}
