import edu.hm.hafner.analysis.FileReaderFactory;
import edu.hm.hafner.analysis.Issue;
import edu.hm.hafner.analysis.Report;
import edu.hm.hafner.analysis.registry.ParserRegistry;
import java.nio.file.Path;

/** Reads reports as Jenkins does. Arguments are pairs of a parser and a file; what it finds is printed, fields with tabs between. */
public class Consumers {
    public static void main(String[] arguments) {
        for (int index = 0; index < arguments.length; index += 2) {
            String parser = arguments[index];
            Report report =
                    new ParserRegistry().get(parser).createParser().parse(new FileReaderFactory(Path.of(arguments[index + 1])));
            if (report.hasErrors()) {
                throw new IllegalStateException(parser + ": " + report.getErrorMessages());
            }
            for (Issue issue : report) {
                System.out.println(String.join("\t", parser, issue.getSeverity().getName(),
                        issue.getFileName().replaceAll("[\\t\\n\\r]", " "), String.valueOf(issue.getLineStart()), issue.getType()));
            }
        }
    }
}
