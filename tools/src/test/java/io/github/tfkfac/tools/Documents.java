package io.github.tfkfac.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Documents in Markdown: their blocks of code, their commands, their links. */
public final class Documents {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final String PROGRAM = "./kfac ";
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
  private static final Pattern MAVEN = Pattern.compile("(?m)(?:^|`)mvn ([^`\\n#]+)");

  private Documents() {}

  /**
   * A block of code.
   *
   * @param document where it stands
   * @param language as it is marked, or empty
   */
  public record Block(Path document, String language, String text) {

    /** Command lines of the program in it, without its name. */
    public List<String> commands() {
      List<String> commands = new ArrayList<>();
      for (String line : text.lines().filter(one -> !one.startsWith("kfac: ")).toList()) {
        for (int at = line.indexOf(PROGRAM); at >= 0; at = line.indexOf(PROGRAM, at + 1)) {
          commands.add(
              end(line.substring(at + PROGRAM.length()), at == 0 ? ' ' : line.charAt(at - 1)));
        }
      }
      return commands;
    }

    private static String end(String command, char before) {
      return switch (before) {
        case '\'' -> command.substring(0, command.indexOf('\''));
        case '(' -> command.substring(0, command.indexOf(')'));
        default -> command.replaceFirst("\\s+#.*", "");
      };
    }
  }

  /** Markdown files and those directly in folders. */
  public static List<Path> find(Path root, String... names) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String name : names) {
      Path path = root.resolve(name);
      if (Files.isRegularFile(path)) {
        found.add(path);
        continue;
      }
      try (Stream<Path> files = Files.list(path)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(found::add);
      }
    }
    return found;
  }

  /** All regular files below a folder. */
  public static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The blocks of code of a document. */
  public static List<Block> blocks(Path document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(document));
    while (block.find()) {
      blocks.add(new Block(document, block.group(1), block.group(2)));
    }
    return blocks;
  }

  /** Its text without them. */
  public static String withoutBlocks(Path document) throws IOException {
    return BLOCK.matcher(Files.readString(document)).replaceAll("");
  }

  /** Arguments of the build's commands, in blocks and in the text. */
  static List<String> mavenCommands(Path document) throws IOException {
    List<String> commands = new ArrayList<>();
    Matcher maven = MAVEN.matcher(Files.readString(document));
    while (maven.find()) {
      commands.add(maven.group(1).strip());
    }
    return commands;
  }

  /** The words of a command line; of alternatives the first, optional ones given. */
  public static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      String quoted = word.group(1) == null ? word.group(2) : word.group(1);
      words.add(
          quoted == null
              ? word.group(3).replaceFirst("\\|.*", "").replaceAll("[\\[\\]]", "")
              : quoted);
    }
    return words;
  }

  /** Whether a link of a document leads to a file, and to a heading in it. */
  static boolean leads(Path document, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1
        || Files.readAllLines(target).stream()
            .filter(line -> line.startsWith("#"))
            .map(Documents::anchor)
            .anyMatch(parts[1]::equals);
  }

  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\w\\s-]", "")
        .replace(' ', '-');
  }
}
