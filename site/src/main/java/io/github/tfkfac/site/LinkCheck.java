package io.github.tfkfac.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds links of a site that lead nowhere: to no file, to no place in it, or out of it to load. */
final class LinkCheck {
  private static final Pattern SCRIPT = Pattern.compile("(?s)(<script[^>]*>).*?</script>");
  private static final Pattern LINK =
      Pattern.compile("<(\\w+)[^>]*?\\s(?:href|src)\\s*=\\s*\"([^\"]*)\"");
  private static final Pattern PLACE = Pattern.compile("\\s(?:id|name)=\"([^\"]+)\"");
  private static final Pattern OUTSIDE = Pattern.compile("(?i)(https?:)?//.*");
  private static final Pattern INSIDE = Pattern.compile("(?i)(data|mailto|javascript):.*");

  private final Path site;
  private final Map<Path, Set<String>> places = new HashMap<>();
  private final Set<String> problems = new TreeSet<>();

  private LinkCheck(Path site) {
    this.site = site;
  }

  /** What is wrong with the links of all pages in a folder and of its search, one line each. */
  static List<String> problems(Path site) throws IOException {
    LinkCheck check = new LinkCheck(site);
    try (Stream<Path> files = Files.walk(site)) {
      for (Path page : files.filter(file -> file.toString().endsWith(".html")).toList()) {
        Matcher link = LINK.matcher(text(page));
        while (link.find()) {
          check.check(page, link.group(1), unescaped(link.group(2)));
        }
      }
    }
    Path search = site.resolve("search-index.js");
    if (Files.exists(search)) {
      String text = Files.readString(search);
      String array = text.substring(text.indexOf('['), text.lastIndexOf(']') + 1);
      for (JsonNode entry : new ObjectMapper().readTree(array)) {
        check.check(search, "a", entry.get(1).asText());
      }
    }
    return List.copyOf(check.problems);
  }

  private static String text(Path page) throws IOException {
    return SCRIPT.matcher(Files.readString(page)).replaceAll("$1");
  }

  private void check(Path page, String tag, String link) throws IOException {
    if (INSIDE.matcher(link).matches()) {
      return;
    }
    if (OUTSIDE.matcher(link).matches()) {
      if (!tag.equals("a")) {
        problems.add(site.relativize(page) + ": loads " + link + " from outside");
      }
      return;
    }
    problem(page, link).ifPresent(why -> problems.add(site.relativize(page) + ": " + why));
  }

  private Optional<String> problem(Path page, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target =
        parts[0].isEmpty()
            ? page
            : page.resolveSibling(decoded(parts[0].replaceFirst("\\?.*", ""))).normalize();
    if (!target.startsWith(site) || !Files.isRegularFile(target)) {
      return Optional.of("expected a file of the site, found a link to " + link);
    }
    boolean leads =
        parts.length == 1
            || parts[1].isEmpty()
            || places(target).contains(parts[1])
            || places(target).contains(decoded(parts[1]));
    return leads
        ? Optional.empty()
        : Optional.of("expected a place in " + site.relativize(target) + ", found #" + parts[1]);
  }

  private Set<String> places(Path page) throws IOException {
    Set<String> known = places.get(page);
    if (known == null) {
      known = new HashSet<>();
      Matcher place = PLACE.matcher(text(page));
      while (place.find()) {
        known.add(unescaped(place.group(1)));
      }
      places.put(page, known);
    }
    return known;
  }

  private static String decoded(String link) {
    return URLDecoder.decode(link.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String unescaped(String html) {
    return html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
