package io.github.tfkfac.site;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DocumentationTool;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Javadoc of the libraries, with everything that the JDK's tool finds wrong with it. */
final class ApiPages {
  private static final List<String> OPTIONS =
      List.of(
          "-quiet",
          "-notimestamp",
          "-Xdoclint:all",
          "-Xmaxwarns",
          "100000",
          "-encoding",
          "UTF-8",
          "-windowtitle",
          "tf-kfac",
          "-doctitle",
          "tf-kfac",
          "-group",
          "Optimizers",
          "io.github.tfkfac:io.github.tfkfac.extension",
          "-group",
          "Networks, data, training",
          "io.github.tfkfac.models*",
          "-group",
          "Detection",
          "io.github.tfkfac.detection*",
          "-top",
          "<a href=\"{@docRoot}/../index.html\">Documentation</a>");

  /** Packages that belong to nobody else, and the descriptor of a module. */
  private static final Pattern HIDDEN = Pattern.compile(".*/internal/.*|.*/module-info\\.java");

  /** What the summary of a method says as well. */
  private static final Pattern NEEDLESS = Pattern.compile("(?s)no @(param|return|throws)\\b.*");

  /** A record's constructor, whose parameters the record's comment explains, or a hidden field. */
  private static final Pattern COMPACT =
      Pattern.compile("\\s*(public |protected )?[A-Z]\\w* \\{.*|\\s*private .*");

  /** A constant, which its enumeration explains. */
  private static final Pattern CONSTANT = Pattern.compile("\\s*[A-Z][A-Z0-9_]*\\s*([,;({].*)?");

  private ApiPages() {}

  /** The sources of a library that its users see. */
  static List<Path> sources(Path library) throws IOException {
    try (Stream<Path> files = Files.walk(library.resolve("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !HIDDEN.matcher(file.toString().replace('\\', '/')).matches())
          .sorted()
          .toList();
    }
  }

  /**
   * Writes the pages.
   *
   * @return broken references, types and methods without a comment, and other faults, one line each
   */
  static List<String> write(List<Path> sources, String classPath, Path out) throws IOException {
    DocumentationTool tool = ToolProvider.getSystemDocumentationTool();
    List<String> problems = new ArrayList<>();
    List<String> options = new ArrayList<>(OPTIONS);
    options.addAll(List.of("-classpath", classPath, "-d", out.toString()));
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files =
        tool.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      boolean written =
          tool.getTask(
                  messages,
                  files,
                  found -> problem(found).ifPresent(problems::add),
                  null,
                  options,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!written && problems.isEmpty()) {
        problems.add("the Javadoc could not be written: " + messages);
      }
    }
    if (problems.isEmpty()) {
      completeConstants(out.resolve("constant-values.html"));
    }
    return problems;
  }

  /** Adds the place that the page's contents name; the tool of JDK 17 leaves it out. */
  private static void completeConstants(Path page) throws IOException {
    if (Files.exists(page)) {
      String html = Files.readString(page);
      Matcher place = Pattern.compile("href=\"#([^\"]+)\"").matcher(html);
      while (place.find()) {
        if (!html.contains("id=\"" + place.group(1) + "\"")) {
          html = html.replaceFirst("<h1", "<a id=\"" + place.group(1) + "\"></a><h1");
        }
      }
      Files.writeString(page, html);
    }
  }

  private static Optional<String> problem(Diagnostic<? extends JavaFileObject> found) {
    String message = found.getMessage(Locale.ROOT);
    JavaFileObject source = found.getSource();
    if (found.getKind() == Diagnostic.Kind.NOTE
        || source == null
        || NEEDLESS.matcher(message).matches()) {
      return Optional.empty();
    }
    String line = line(source, found.getLineNumber());
    boolean explained =
        message.startsWith("no comment")
            && (COMPACT.matcher(line).matches() || CONSTANT.matcher(line).matches());
    return explained
        ? Optional.empty()
        : Optional.of(
            "%s:%d: %s: %s"
                .formatted(source.getName(), found.getLineNumber(), message, line.strip()));
  }

  private static String line(JavaFileObject source, long number) {
    try {
      return source.getCharContent(true).toString().lines().skip(number - 1).findFirst().orElse("");
    } catch (IOException unreadable) {
      return "";
    }
  }
}
