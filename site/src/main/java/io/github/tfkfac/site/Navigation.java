package io.github.tfkfac.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Frame of every page: contents of the site, search, style. */
final class Navigation {
  private static final String HOME = "index.html";
  private static final String TOP = "tf-kfac";
  private static final String GUIDE = "Guide";
  private static final String MODULES = "Examples and modules";
  private static final String MEASUREMENTS = "Measurements";

  private final Map<String, List<Document>> chapters = new LinkedHashMap<>();
  private final boolean api;

  /**
   * The frame of some documents' pages.
   *
   * @param api whether there is Javadoc
   */
  Navigation(List<Document> documents, boolean api) {
    this.api = api;
    List.of(TOP, GUIDE, MODULES, MEASUREMENTS)
        .forEach(chapter -> chapters.put(chapter, new ArrayList<>()));
    documents.stream()
        .sorted(
            Comparator.comparing((Document document) -> !isHome(document))
                .thenComparing(Document::title))
        .forEach(
            document ->
                chapters
                    .computeIfAbsent(chapter(document.path()), chapter -> new ArrayList<>())
                    .add(document));
  }

  private static boolean isHome(Document document) {
    return document.page().endsWith(HOME) && !chapter(document.path()).equals(MODULES);
  }

  private static String chapter(Path path) {
    boolean inDocs = path.startsWith("docs");
    if (path.startsWith("docs/guide")) {
      return GUIDE;
    }
    if (path.getNameCount() == 1 || (inDocs && path.getNameCount() == 2)) {
      return TOP;
    }
    return inDocs ? MEASUREMENTS : MODULES;
  }

  /** Way from a page's folder to the site's. */
  static String toRoot(Path page) {
    return "../".repeat(page.getNameCount() - 1);
  }

  /** The page of a document. */
  String page(Document document, String html) {
    return framed(document.page(), document.title(), html);
  }

  /** The page that shows a source. */
  String source(Path source, Path file) throws IOException {
    String name = String.valueOf(source.getFileName());
    return framed(
        LinkedFiles.page(source),
        name,
        "<h1>%s</h1>\n<p>%s</p>\n<pre><code>%s</code></pre>\n"
            .formatted(escaped(name), escaped(source.toString()), escaped(Files.readString(file))));
  }

  private String framed(Path page, String title, String html) {
    String root = toRoot(page);
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <link rel="icon" href="data:,">
    <style>
    %s</style>
    </head>
    <body data-root="%s">
    <nav>
    <input id="search" type="search" placeholder="Search" aria-label="Search">
    <ol id="found"></ol>
    %s</nav>
    <main>
    %s</main>
    <script src="%ssearch-index.js"></script>
    <script src="%ssearch.js"></script>
    </body>
    </html>
    """
        .formatted(escaped(title), resource("site.css"), root, contents(page), html, root, root);
  }

  private String contents(Path page) {
    StringBuilder html = new StringBuilder();
    chapters.forEach(
        (chapter, documents) -> {
          html.append("<h2>").append(chapter).append("</h2>\n<ul>\n");
          documents.forEach(document -> html.append(entry(page, document)));
          html.append("</ul>\n");
        });
    if (api) {
      html.append(
          "<h2>Javadoc</h2>\n<ul>\n<li><a href=\"%sapi/index.html\">Packages</a></li>\n</ul>\n"
              .formatted(toRoot(page)));
    }
    return html.toString();
  }

  private static String entry(Path page, Document document) {
    return "<li><a%s href=\"%s%s\">%s</a></li>\n"
        .formatted(
            page.equals(document.page()) ? " aria-current=\"page\"" : "",
            toRoot(page),
            document.page(),
            escaped(document.title()));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A file beside this class. */
  static String resource(String name) {
    try (InputStream stream = Navigation.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("expected " + name + " beside the classes, found none");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
