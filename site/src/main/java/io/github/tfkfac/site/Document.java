package io.github.tfkfac.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * A file in Markdown.
 *
 * @param path relative to the repository
 * @param content its text as a tree
 * @param anchors of its headings
 */
record Document(Path path, Node content, Map<Heading, String> anchors) {

  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final TextContentRenderer TEXT =
      TextContentRenderer.builder().extensions(EXTENSIONS).build();
  private static final String ENDING = ".md";

  /**
   * Text below a heading.
   *
   * @param title of the heading
   * @param anchor of the heading
   * @param text without marks
   */
  record Passage(String title, String anchor, String text) {}

  /** Those of a repository: at its top, of its modules, and all in {@code docs}. */
  static List<Document> all(Path root) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> top = Files.list(root);
        Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      List<Path> entries = top.sorted().toList();
      entries.stream().filter(Document::isMarkdown).forEach(paths::add);
      docs.filter(Document::isMarkdown).sorted().forEach(paths::add);
      entries.stream()
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .map(folder -> folder.resolve("README.md"))
          .filter(Document::isMarkdown)
          .forEach(paths::add);
    }
    List<Document> documents = new ArrayList<>();
    for (Path path : paths) {
      documents.add(of(root.relativize(path), Files.readString(path)));
    }
    return documents;
  }

  private static boolean isMarkdown(Path path) {
    return path.toString().endsWith(ENDING) && Files.isRegularFile(path);
  }

  static Document of(Path path, String markdown) {
    Node content = PARSER.parse(markdown);
    IdGenerator generator = IdGenerator.builder().build();
    Map<Heading, String> anchors = new LinkedHashMap<>();
    for (Node node = content.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading heading) {
        anchors.put(heading, generator.generateId(text(heading)));
      }
    }
    return new Document(path, content, anchors);
  }

  private static String text(Node node) {
    return TEXT.render(node).strip();
  }

  /** Its first heading. */
  String title() {
    return anchors.keySet().stream()
        .filter(heading -> heading.getPrevious() == null)
        .map(Document::text)
        .findFirst()
        .orElse(path.toString());
  }

  /** Where its page lies in the site. */
  Path page() {
    return page(path);
  }

  /** The same of a document at a path. */
  static Path page(Path path) {
    String name = String.valueOf(path.getFileName());
    return path.resolveSibling(
        name.equals("README.md") ? "index.html" : name.replace(ENDING, ".html"));
  }

  /** Its parts, each with the heading that begins it. */
  List<Passage> passages() {
    List<Passage> passages = new ArrayList<>();
    Passage open = new Passage(title(), "", "");
    for (Node node = content.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading heading) {
        passages.add(open);
        open = new Passage(text(heading), anchors.getOrDefault(heading, ""), "");
      } else {
        open = new Passage(open.title, open.anchor, (open.text + " " + text(node)).strip());
      }
    }
    passages.add(open);
    return passages.stream().filter(passage -> !passage.anchor.isEmpty()).toList();
  }

  /**
   * The text as HTML. Links lead to the pages of documents and sources, and names of types to their
   * Javadoc.
   *
   * @param linked told of the files that it links to
   */
  String html(LinkedFiles linked, ApiIndex api) {
    AttributeProvider attributes =
        (node, tag, values) -> {
          if (node instanceof Heading heading && anchors.containsKey(heading)) {
            values.put("id", anchors.get(heading));
          } else if (node instanceof Link link) {
            values.put("href", linked.target(path, link.getDestination()));
          } else if (node instanceof Image image && tag.equals("img")) {
            values.put("src", linked.target(path, image.getDestination()));
          }
        };
    return HtmlRenderer.builder()
        .extensions(EXTENSIONS)
        .attributeProviderFactory(context -> attributes)
        .nodeRendererFactory(context -> new TypeLinks(context, api, page()))
        .build()
        .render(content);
  }

  /** Whether a node is a name in a text that is no link itself. */
  static boolean isPlainCode(Node node) {
    for (Node outer = node; outer != null; outer = outer.getParent()) {
      if (outer instanceof Link || outer instanceof Heading) {
        return false;
      }
    }
    return node instanceof Code;
  }
}
