package io.github.tfkfac.tools;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.LayerOverride;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.tools.cli.ConfigFile;
import io.github.tfkfac.tools.cli.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;

/**
 * README and the guide: code is that of examples, commands are understood, links lead somewhere.
 */
class DocumentsTest {

  private static final Path OPTIONS = Path.of("../docs/guide/options.md");
  private static final String TABLE = "| option | of | what it does |";
  private static final Pattern INLINE = Pattern.compile("`(?:KFAC_NATIVE=gpu )?\\./kfac ([^`]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @TempDir Path folder;

  private static List<Path> documents() throws IOException {
    return Documents.find(
        Path.of(".."),
        "README.md",
        "docs/guide",
        "examples",
        "tf-kfac",
        "models",
        "detection",
        "tools");
  }

  @Test
  void codeIsThatOfExamplesWhichTheBuildRuns() throws IOException {
    String examples = squeezed(Path.of("../examples/src/main/java"));
    String starters = squeezed(Path.of("../examples/starters"));
    int blocks = 0;
    for (Path document : documents()) {
      for (Documents.Block block : Documents.blocks(document)) {
        switch (block.language()) {
          case "java" -> assertThat(examples).as(block.toString()).contains(squeezed(block.text()));
          case "xml", "kotlin" ->
              assertThat(starters).as(block.toString()).contains(squeezed(block.text()));
          default -> {
            continue;
          }
        }
        blocks++;
      }
    }
    assertThat(blocks).isGreaterThanOrEqualTo(12);
  }

  @Test
  void examplesAreShortAndListed() throws IOException {
    String list = Files.readString(Path.of("../examples/README.md"));
    for (Path source : Documents.files(Path.of("../examples/src/main/java"))) {
      List<String> lines = Files.readAllLines(source);
      String name = source.getFileName().toString();
      assertThat(list).contains("(src/main/java/example/" + name + ")");
      if (lines.stream().anyMatch(line -> line.contains("public static void main"))) {
        assertThat(lines).as(name).hasSizeLessThanOrEqualTo(60);
      }
    }
  }

  @Test
  void theReadmesAreShort() throws IOException {
    assertThat(Files.readAllLines(Path.of("../README.md"))).hasSizeLessThanOrEqualTo(90);
    for (String module : List.of("tf-kfac", "models", "detection", "tools", "examples")) {
      assertThat(Files.readAllLines(Path.of("..", module, "README.md")))
          .as(module)
          .hasSizeLessThanOrEqualTo(40);
    }
  }

  @Test
  void commandsAreUnderstood() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Path document : documents()) {
      for (Documents.Block block : Documents.blocks(document)) {
        for (String command : block.commands()) {
          commands.add(command);
          assertUnderstood(document, command, false);
        }
      }
      Matcher inline = INLINE.matcher(Documents.withoutBlocks(document));
      while (inline.find()) {
        assertUnderstood(document, inline.group(1), true);
      }
    }
    assertThat(commands).hasSizeGreaterThan(30);
  }

  private static void assertUnderstood(Path document, String command, boolean incomplete) {
    List<String> words = Documents.words(command);
    words.replaceAll(word -> word.matches("N|\\$SLURM_PROCID") ? "2" : word);
    try {
      commandLine().parseArgs(words.toArray(String[]::new));
    } catch (MissingParameterException missing) {
      assertThat(incomplete).as("%s: %s: %s", document, command, missing.getMessage()).isTrue();
    } catch (CommandLine.ParameterException wrong) {
      throw new AssertionError(document + ": " + command + ": " + wrong.getMessage(), wrong);
    }
  }

  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Console console = new Console(nowhere, nowhere, false);
    return new CommandRunner(console, Main.commands(console)).commandLine();
  }

  @Test
  void buildCommandsNameWhatTheBuildHas() throws IOException {
    String build = Files.readString(Path.of("../pom.xml"));
    Set<String> phases = Set.of("compile", "verify", "install", "package");
    int commands = 0;
    for (Path document : documents()) {
      for (String line : Documents.mavenCommands(document)) {
        commands++;
        for (String word : Documents.words(line)) {
          if (word.startsWith("-P")) {
            assertThat(build).as(line).contains("<id>" + word.substring(2) + "</id>");
          } else if (word.startsWith("-Dexec.mainClass=")) {
            String main = word.replaceFirst(".*=", "").replace('.', '/');
            assertThat(Path.of("../examples/src/main/java", main + ".java")).exists();
          } else if (word.contains(":")) {
            assertThat(build).as(line).contains("<artifactId>exec-maven-plugin</artifactId>");
            assertThat(word).isEqualTo("exec:java");
          } else if (!word.startsWith("-")) {
            assertThat(phases).as(line).contains(word);
          }
        }
      }
    }
    assertThat(commands).isGreaterThanOrEqualTo(3);
    String ci = Files.readString(Path.of("../.ci/run"));
    assertThat(ci.strip()).endsWith("mvn -B -ntp verify");
    assertThat(Files.readString(Path.of("../README.md"))).contains("\nmvn verify\n");
  }

  @Test
  void dataFilesAreReadAsTheProgramReadsThem() throws IOException {
    int files = 0;
    for (Path document : documents()) {
      for (Documents.Block block : Documents.blocks(document)) {
        if (block.language().equals("yaml")) {
          files++;
          assertYaml(block);
        } else if (block.text().startsWith("{")) {
          files++;
          assertThat(io.github.tfkfac.Cluster.ofConfig(block.text()).count()).isEqualTo(2);
        }
      }
    }
    assertThat(files).isEqualTo(3);
  }

  private void assertYaml(Documents.Block block) throws IOException {
    JsonNode file = new ObjectMapper(new YAMLFactory()).readTree(block.text());
    if (file.has("kind")) { // Kubernetes
      JsonNode words = file.findValue("args");
      List<String> arguments = new ArrayList<>();
      words.forEach(word -> arguments.add(word.asText()));
      commandLine().parseArgs(arguments.toArray(String[]::new));
      return;
    }
    Path config = folder.resolve("config.yaml");
    Files.writeString(config, block.text());
    List<String> arguments = new ArrayList<>(List.of("train"));
    ConfigFile.read(config)
        .entries()
        .forEach((name, entry) -> arguments.add("--" + name + "=" + entry.value()));
    commandLine().parseArgs(arguments.toArray(String[]::new));
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    List<Path> all = new ArrayList<>(documents());
    all.addAll(
        Documents.find(
            Path.of(".."), "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs"));
    for (Path document : all) {
      Matcher link = LINK.matcher(Documents.withoutBlocks(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.startsWith("http") && !Documents.leads(document, target)) {
          dead.add(document + ": " + target);
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void everyOptionOfTheProgramIsListed() throws IOException {
    List<String> lines = Files.readAllLines(OPTIONS);
    List<String> head = lines.stream().takeWhile(line -> !line.equals(TABLE)).toList();
    List<String> expected = new ArrayList<>(head);
    expected.addAll(new OptionsDocument(commandLine()).lines());
    if (!expected.equals(lines)) {
      Path written = Files.createDirectories(Path.of("target/documents")).resolve("options.md");
      Files.write(written, expected);
      assertThat(lines).as("copy %s to %s", written, OPTIONS).isEqualTo(expected);
    }
  }

  @Test
  void everyOptionOfTheLibraryIsListed() throws IOException {
    String text = Files.readString(OPTIONS);
    Set<String> missing = new TreeSet<>();
    for (Class<?> options :
        List.of(
            KfacOptions.class,
            TrainingOptions.class,
            FactorOptions.class,
            LayerOptions.class,
            LayerOverride.class,
            RefreshPolicy.class)) {
      for (Method method : options.getDeclaredMethods()) {
        boolean changes =
            Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && method.getReturnType() == options
                && !List.of(method.getParameterTypes()).contains(options)
                && !method.isSynthetic();
        if (changes && !Pattern.compile("\\b" + method.getName() + "\\b").matcher(text).find()) {
          missing.add(options.getSimpleName() + "." + method.getName());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void versionsAreThoseOfTheBuild() throws IOException {
    String build = Files.readString(Path.of("../pom.xml"));
    String version = first(build, "<version>([^<]+)</version>");
    String tensorFlow = first(build, "<tensorflow.version>([^<]+)</tensorflow.version>");
    String bom = Files.readString(Path.of("../bom/pom.xml"));
    assertThat(first(bom, "<version>([^<]+)</version>")).isEqualTo(version);
    assertThat(first(bom, "<tensorflow.version>([^<]+)<")).isEqualTo(tensorFlow);
    assertThat(first(bom, "<project.address>([^<]+)<"))
        .isEqualTo(first(build, "<project.address>([^<]+)<"));
    assertThat(Files.readString(Path.of("../README.md")))
        .contains("<artifactId>tf-kfac</artifactId>\n  <version>" + version + "</version>")
        .contains("io.github.tfkfac:tf-kfac:" + version)
        .contains("tensorflow-core-native:" + tensorFlow);
    for (String starter : List.of("gradle", "kotlin")) {
      assertThat(Files.readString(Path.of("../examples/starters", starter, "build.gradle.kts")))
          .contains("io.github.tfkfac:tf-kfac:" + version)
          .contains("tensorflow-core-native:" + tensorFlow);
    }
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  /** All files of a folder without their white space. */
  private static String squeezed(Path folder) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Path file : Documents.files(folder)) {
      texts.add(squeezed(Files.readString(file)));
    }
    return texts.stream().collect(joining("\n"));
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s", "");
  }
}
