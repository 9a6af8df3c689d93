package com.acme.stock;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Searches Adobe Stock. No dependencies on purpose.
 */
public class StockSearch {
	private static final String IMS_HOST = "https://ims-na1.adobelogin.com";
	private static final String TOKEN_URL = IMS_HOST + "/ims/token/v3";
	private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");

	private final HttpClient client = HttpClient.newHttpClient();
	private final Map<String, String> env = System.getenv();

	public static void main(String[] args) throws Exception {
		StockSearch search = new StockSearch();
		HttpRequest request = search.request("lighthouse at night", search.token());
		System.out.println(request.uri().getRawQuery());
		System.out.println(request.headers().firstValue("Authorization").orElseThrow());
	}

	HttpRequest request(String words, String token) {
		String query = form(Map.of("words", words));
		return HttpRequest.newBuilder(URI.create("https://stock.adobe.io/Rest/Media/1/Search/Files?" + query))
				.header("x-api-key", env.get("STOCK_API_KEY"))
				.header("Authorization", "Bearer " + token)
				.build();
	}

	String token() throws IOException, InterruptedException {
		String form = form(Map.of(
				"client_id", env.get("STOCK_API_KEY"),
				"client_secret", env.get("STOCK_SECRET"),
				"grant_type", "client_credentials",
				"scope", "openid,AdobeID,read_organizations"));
		HttpRequest request = HttpRequest.newBuilder(URI.create(TOKEN_URL))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(HttpRequest.BodyPublishers.ofString(form))
				.build();
		HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
		Matcher matcher = ACCESS_TOKEN.matcher(response.body());
		if (response.statusCode() != 200 || !matcher.find()) {
			throw new IOException("no token: " + response.statusCode());
		}
		return matcher.group(1);
	}

	private static String form(Map<String, String> fields) {
		return fields.entrySet().stream()
				.map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
				.collect(Collectors.joining("&"));
	}
}
