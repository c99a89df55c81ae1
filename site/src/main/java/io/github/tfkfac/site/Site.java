package io.github.tfkfac.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes the pages, and checks what they say of each other. */
public final class Site {

  private static final List<String> LIBRARIES = List.of("tf-kfac", "models", "detection");
  private static final String API = "api";

  private final Path root;
  private final Path out;

  private Site(Path root, Path out) {
    this.root = root.toAbsolutePath().normalize();
    this.out = out.toAbsolutePath().normalize();
  }

  /**
   * Makes the whole site; ends the process with 1 if something is wrong with it.
   *
   * @param arguments the repository and the folder of the pages
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("site: error: expected the repository and the folder of the pages");
      System.exit(2);
    }
    Site site = new Site(Path.of(arguments[0]), Path.of(arguments[1]));
    List<String> problems =
        new ArrayList<>(site.empty().api(System.getProperty("java.class.path", "")));
    problems.addAll(documents(site.root, site.out));
    problems.forEach(problem -> System.err.println("site: error: " + problem));
    if (!problems.isEmpty()) {
      System.exit(1);
    }
    System.out.println("site  " + site.out.resolve("index.html"));
  }

  /** Removes earlier pages. */
  private Site empty() throws IOException {
    if (Files.exists(out)) {
      try (Stream<Path> files = Files.walk(out)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return this;
  }

  private List<String> api(String classPath) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String library : LIBRARIES) {
      sources.addAll(ApiPages.sources(root.resolve(library)));
    }
    return ApiPages.write(sources, classPath, out.resolve(API));
  }

  /**
   * Makes the pages of all documents of a repository, with what they link to, beside the Javadoc if
   * that is there.
   *
   * @return what is wrong with links, one line each
   */
  static List<String> documents(Path root, Path out) throws IOException {
    Files.createDirectories(out);
    ApiIndex api = ApiIndex.read(out, API);
    List<Document> documents = Document.all(root);
    Navigation navigation = new Navigation(documents, !api.entries().isEmpty());
    LinkedFiles linked = new LinkedFiles(root);
    for (Document document : documents) {
      write(out, document.page(), navigation.page(document, document.html(linked, api)));
    }
    for (Path source : linked.shown()) {
      write(out, LinkedFiles.page(source), navigation.source(source, root.resolve(source)));
    }
    for (Path file : linked.copied()) {
      Path copy = out.resolve(file);
      Files.createDirectories(copy.resolveSibling(""));
      Files.copy(root.resolve(file), copy);
    }
    SearchIndex.write(documents, api, out);
    return LinkCheck.problems(out);
  }

  private static void write(Path out, Path page, String html) throws IOException {
    Path file = out.resolve(page);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, html);
  }
}
