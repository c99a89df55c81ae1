package io.github.tfkfac.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Types and members of the Javadoc, as its own index files list them.
 *
 * @param entries in their order
 */
record ApiIndex(List<Entry> entries) {

  /**
   * A type or a member.
   *
   * @param name with parameters
   * @param where package, and type of a member
   * @param url relative to the site
   */
  record Entry(String name, String where, String url) {
    private boolean isType() {
      return !url.contains("#");
    }
  }

  ApiIndex {
    entries = List.copyOf(entries);
  }

  /** The index of the Javadoc in a folder of the site; empty if it is not there. */
  static ApiIndex read(Path site, String folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String file : List.of("type-search-index.js", "member-search-index.js")) {
      Path index = site.resolve(folder).resolve(file);
      if (Files.exists(index)) {
        String text = Files.readString(index);
        String array = text.substring(text.indexOf('['), text.lastIndexOf(']') + 1);
        for (JsonNode entry : new ObjectMapper().readTree(array)) {
          if (entry.has("p")) {
            entries.add(entry(folder, entry));
          }
        }
      }
    }
    return new ApiIndex(entries);
  }

  private static Entry entry(String folder, JsonNode entry) {
    String in = entry.get("p").asText();
    String name = entry.get("l").asText();
    String base = folder + "/" + in.replace('.', '/') + "/";
    if (!entry.has("c")) {
      return new Entry(name, in, base + name + ".html");
    }
    String type = entry.get("c").asText();
    String anchor = entry.path("u").asText(name);
    return new Entry(name, in + "." + type, base + type + ".html#" + anchor);
  }

  /** The page of the only type with a simple name, or of the one nearest to the root. */
  Optional<String> page(String type) {
    TreeMap<Integer, List<Entry>> byDepth = new TreeMap<>();
    entries.stream()
        .filter(Entry::isType)
        .filter(entry -> entry.name().equals(type))
        .forEach(
            entry ->
                byDepth
                    .computeIfAbsent(
                        entry.where().split("\\.", -1).length, key -> new ArrayList<>())
                    .add(entry));
    return Optional.ofNullable(byDepth.firstEntry())
        .map(Map.Entry::getValue)
        .filter(found -> found.size() == 1)
        .map(found -> found.get(0).url());
  }
}
