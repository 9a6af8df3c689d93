package com.acme.pdf;

import com.adobe.pdfservices.operation.ExecutionContext;
import com.adobe.pdfservices.operation.auth.Credentials;
import com.adobe.pdfservices.operation.io.FileRef;
import com.adobe.pdfservices.operation.pdfops.CreatePDFOperation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public class InvoicePdf {

    public static void main(String[] args) throws IOException {
        ExecutionContext context = ExecutionContext.create(credentials());

        CreatePDFOperation operation = CreatePDFOperation.createNew();
        FileRef source = FileRef.createFromStream(
                new ByteArrayInputStream("<p>Invoice 17</p>".getBytes(StandardCharsets.UTF_8)),
                CreatePDFOperation.SupportedSourceFormat.HTML.getMediaType());
        operation.setInput(source);
        System.out.println("ready to convert: " + (context != null));
        if (args.length > 0 && args[0].equals("--send")) {
            try {
                operation.execute(context).saveAs("invoice.pdf");
            } catch (Exception e) {
                System.err.println("not converted: " + e.getMessage());
            }
        }
    }

    private static Credentials credentials() throws IOException {
        String privateKey = Files.readString(Path.of(System.getenv("PDF_PRIVATE_KEY_FILE")));
        return Credentials.serviceAccountCredentialsBuilder()
                .withClientId(System.getenv("PDF_SERVICES_CLIENT_ID"))
                .withClientSecret(System.getenv("PDF_SERVICES_CLIENT_SECRET"))
                .withPrivateKey(privateKey)
                .withOrganizationId(System.getenv("PDF_ORGANIZATION_ID"))
                .withAccountId(System.getenv("PDF_ACCOUNT_ID"))
                .build();
    }
}
