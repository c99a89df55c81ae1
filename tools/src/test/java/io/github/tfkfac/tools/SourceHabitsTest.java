package io.github.tfkfac.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Conventions of the sources of all modules that a compiler does not check. */
class SourceHabitsTest {

  private static final List<String> MODULES = List.of("tf-kfac", "models", "detection", "tools");

  /** The Javadoc of a type, up to the type. */
  private static final Pattern TYPE_COMMENT =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\([^)]*\\))?\\s*)*"
              + "(?:(?:public|protected|private|static|final|sealed|non-sealed|abstract)\\s+)*"
              + "(?:class|record|interface|enum|@interface)\\s+(\\w+)",
          Pattern.DOTALL);

  private static final Pattern QUESTION =
      Pattern.compile("(?:What|How|Which|Where|Whether|When|Why|Who|If)\\b.*", Pattern.DOTALL);

  /** Numbers of papers in some private list, such as "in 003". */
  private static final Pattern NUMBERED_SOURCE = Pattern.compile("(?<![\\d.,-])00\\d\\b(?![.\\d])");

  @Test
  void commentsOfTypesBeginWithANounOrAVerb() throws IOException {
    List<String> questions = new ArrayList<>();
    for (Path file : sources()) {
      Matcher comment = TYPE_COMMENT.matcher(Files.readString(file));
      while (comment.find()) {
        String text = comment.group(1).replaceAll("\\s*\\n\\s*\\*", "").strip();
        if (QUESTION.matcher(text).matches()) {
          questions.add(comment.group(2) + ": " + text.lines().findFirst().orElse(""));
        }
      }
    }
    assertThat(questions).isEmpty();
  }

  @Test
  void papersAreNamedByAuthorAndYear() throws IOException {
    List<String> numbered = new ArrayList<>();
    for (Path file : sources()) {
      for (String line : Files.readAllLines(file)) {
        boolean comment = line.strip().startsWith("*") || line.strip().startsWith("/");
        if (comment && NUMBERED_SOURCE.matcher(line).find()) {
          numbered.add(file.getFileName() + ": " + line.strip());
        }
      }
    }
    assertThat(numbered).isEmpty();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    assertThat(sources).hasSizeGreaterThan(500);
    return sources;
  }
}
