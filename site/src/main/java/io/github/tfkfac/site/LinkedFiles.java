package io.github.tfkfac.site;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Files of the repository that documents link to, and where their links lead in the site. */
final class LinkedFiles {
  private static final Pattern SHOWN = Pattern.compile(".*\\.(java|kt|kts|xml|sh|py|yaml)");
  private static final Pattern OUTSIDE = Pattern.compile("[a-z]+:.*");

  private final Path root;
  private final Set<Path> shown = new TreeSet<>();
  private final Set<Path> copied = new TreeSet<>();

  LinkedFiles(Path root) {
    this.root = root;
  }

  /** Sources, of which the site has a page. */
  Set<Path> shown() {
    return shown;
  }

  /** Pictures, tables and pages, which the site has as they are. */
  Set<Path> copied() {
    return copied;
  }

  /** The page of a source. */
  static Path page(Path source) {
    return source.resolveSibling(source.getFileName() + ".html");
  }

  /** The target of a link on a document's page. */
  String target(Path document, String link) {
    if (OUTSIDE.matcher(link).matches() || link.startsWith("#")) {
      return link;
    }
    String[] parts = link.split("#", 2);
    Path target = document.resolveSibling(URI.create(parts[0]).getPath()).normalize();
    Path from = Document.page(document).resolveSibling("");
    return slashes(from.relativize(inSite(target))) + (parts.length == 1 ? "" : "#" + parts[1]);
  }

  private Path inSite(Path target) {
    Path file = root.resolve(target.toString());
    if (Files.isDirectory(file)) {
      return Document.page(target.resolve("README.md"));
    }
    if (target.toString().endsWith(".md")) {
      return Document.page(target);
    }
    if (!Files.exists(file)) {
      return target; // found by the check
    }
    if (SHOWN.matcher(target.toString()).matches()) {
      shown.add(target);
      return page(target);
    }
    copied.add(target);
    return target;
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }
}
