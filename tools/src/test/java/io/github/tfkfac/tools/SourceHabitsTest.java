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

  private static final List<String> MODULES =
      List.of("tf-kfac", "models", "detection", "tools", "examples", "site");

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

  /** British spellings; {@code s} is excluded where the word is spelled so in both. */
  private static final Pattern BRITISH =
      Pattern.compile(
          "(?i)(?:[a-z](?:al|ard|im|ic|or|ul|gan|etr|ogn|er|ar|ynchron|til|ort|ri|ti)is"
              + "(?:ation|ed|es|ing|er|ers)|colour|neighbour|behaviour|favour|honour"
              + "|centre|(?<![a-z])grey|labell(?:ed|ing)|cancell(?:ed|ing)|modell(?:ed|ing)"
              + "|(?<![a-z])signall(?:ed|ing)|travell(?:ed|ing)|licence|artefact|analys(?:e|ed|ing)(?![a-z])|(?-i:[Ll]earnt))");

  private static final Pattern SPELLED_SO_IN_BOTH =
      Pattern.compile(
          "(?i)(?:adverti|surpri|compri|promi|prec|rai|unpreci|exerc|supervi|pri|wi|noi|ri|otherwi)"
              + "s(?:e|ed|es|ing|er|ers)");

  /** Option of earlier runs, which can still be resumed. */
  private static final String FORMER_OPTION = "normalisation-blocks";

  /** Paraphrases of standard terms, and literal translations. */
  private static final Pattern IDIOLECT =
      Pattern.compile(
          "(?i)\\b(?:anew|at hand|just if|by heart|of one's own|foretells?|trained plainly"
              + "|passed over|gone on with|start afresh|spared from|yes-or-no|classified rightly"
              + "|so many|refus(?:e|es|ed|ing|al))\\b");

  /** Operations of TensorFlow-Java that open a sub-scope, which reads all names of the graph. */
  private static final Pattern LISTS_THE_GRAPH =
      Pattern.compile("\\b(?:tf|ops)\\.(?:zeros|ones|booleanMask\\w*)\\(");

  @Test
  void spellingIsAmerican() throws IOException {
    List<String> british = new ArrayList<>();
    for (Path file : texts()) {
      for (String line : Files.readAllLines(file)) {
        Matcher word = BRITISH.matcher(line.replace(FORMER_OPTION, ""));
        while (word.find()) {
          if (!SPELLED_SO_IN_BOTH.matcher(word.group()).find()) {
            british.add(file.getFileName() + ": " + word.group() + " in " + line.strip());
          }
        }
      }
    }
    assertThat(british).isEmpty();
  }

  @Test
  void textsUseTheTermsOfTheGlossary() throws IOException {
    List<String> paraphrased = new ArrayList<>();
    for (Path file : texts()) {
      for (String line : Files.readAllLines(file)) {
        if (IDIOLECT.matcher(line).find()) {
          paraphrased.add(file.getFileName() + ": " + line.strip());
        }
      }
    }
    assertThat(paraphrased).isEmpty();
  }

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

  @Test
  void operationsThatListTheWholeGraphAreNotUsed() throws IOException {
    List<String> slow = new ArrayList<>();
    for (Path file : sources()) {
      for (String line : Files.readAllLines(file)) {
        if (LISTS_THE_GRAPH.matcher(line).find()) {
          slow.add(file.getFileName() + ": " + line.strip());
        }
      }
    }
    assertThat(slow).isEmpty();
  }

  /** Sources, tests and documents of the repository, except this test. */
  private static List<Path> texts() throws IOException {
    List<Path> texts = new ArrayList<>();
    List<Path> roots = new ArrayList<>(List.of(Path.of("..", "docs")));
    MODULES.forEach(module -> roots.add(Path.of("..", module, "src")));
    for (Path root : roots) {
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(file -> file.toString().matches(".*\\.(java|md|py)"))
            .filter(file -> !file.endsWith("SourceHabitsTest.java"))
            .forEach(texts::add);
      }
    }
    try (Stream<Path> files = Files.list(Path.of(".."))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(texts::add);
    }
    assertThat(texts).hasSizeGreaterThan(900);
    return texts;
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
