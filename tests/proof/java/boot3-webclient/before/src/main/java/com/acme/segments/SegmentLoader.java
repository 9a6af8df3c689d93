package com.acme.segments;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
@ConfigurationPropertiesScan
public class SegmentLoader {

    public static void main(String[] args) {
        SpringApplication.run(SegmentLoader.class, args);
    }

    @Bean
    ApplicationRunner load(ImsClient ims, @Value("${segments.page-size}") int pageSize) {
        return args -> System.out.printf("loading %d segments a page with %s%n", pageSize, ims.fetchToken());
    }
}
