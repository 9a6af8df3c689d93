package com.acme.feign;

import feign.Headers;
import feign.Param;
import feign.RequestLine;

interface Ims {

    @RequestLine("POST /ims/exchange/jwt")
    @Headers("Content-Type: application/x-www-form-urlencoded")
    String exchange(@Param("client_id") String clientId, @Param("client_secret") String clientSecret, @Param("jwt_token") String jwt);
}
