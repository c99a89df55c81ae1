package io.github.tfkfac.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class CommandRunnerTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Sample sample = new Sample();

  @Test
  void versionAndHelpSucceed() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("kfac ").contains("TensorFlow-Java 1.").contains("Java ");
    assertThat(run("sample", "--version")).isZero();
    assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.startsWith("kfac "));
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("sample").contains("130");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void withoutACommandTheFirstStepsAreShown() {
    assertThat(run()).isZero();
    assertThat(out.toString()).isEqualTo(KfacCommand.FIRST_STEPS);
    assertThat(out.toString().lines()).hasSize(8).allMatch(line -> line.length() <= 100);
  }

  @Test
  void optionsComeFromTheCommandLine() {
    assertThat(run("sample", "--name", "a", "--epochs", "7", "--seeds", "3,4")).isZero();
    assertThat(sample.epochs).isEqualTo(7);
    assertThat(sample.seeds).containsExactly(3, 4);
  }

  @Test
  void optionsComeFromTheFileAndTheCommandLineWins() throws IOException {
    Path file = config("name: filed\nepochs: 9\nseeds: [1, 2]\naugment: true\n");

    assertThat(run("sample", "--config", file.toString(), "--epochs", "5")).isZero();

    assertThat(sample.name).isEqualTo("filed");
    assertThat(sample.epochs).isEqualTo(5);
    assertThat(sample.seeds).containsExactly(1, 2);
    assertThat(sample.augment).isTrue();
  }

  @Test
  void badValuesInTheFileAreReportedWithTheirPlace() throws IOException {
    Path file = config("name: filed\nepochs: many\n");

    assertThat(run("sample", "--config=" + file)).isEqualTo(2);
    assertThat(oneLine())
        .startsWith("kfac: error: " + file + ":2: ")
        .contains("--epochs")
        .contains("many");
  }

  @Test
  void unknownKeysOfTheFileAreBadInput() throws IOException {
    Path file = config("epoch: 3\n");

    assertThat(run("sample", "--config=" + file)).isEqualTo(2);
    assertThat(oneLine()).contains(":1: unknown option 'epoch'; did you mean 'epochs'?");
  }

  @Test
  void aMissingFileIsBadInput() {
    Path file = folder.resolve("none.yaml");

    assertThat(run("sample", "--config=" + file)).isEqualTo(2);
    assertThat(oneLine()).isEqualTo("kfac: error: no such file or folder: " + file);
  }

  @Test
  void unknownOptionsAndCommandsNameTheNearest() {
    assertThat(run("sample", "--name=a", "--epocs=3")).isEqualTo(2);
    assertThat(oneLine()).contains("unknown option '--epocs'; did you mean '--epochs'?");
    err.getBuffer().setLength(0);
    assertThat(run("sampel")).isEqualTo(2);
    assertThat(oneLine()).contains("unknown command 'sampel'; did you mean 'sample'?");
  }

  @Test
  void missingAndMalformedOptionsAreBadInput() {
    assertThat(run("sample")).isEqualTo(2);
    assertThat(oneLine()).contains("--name").contains("kfac sample --help");
    err.getBuffer().setLength(0);
    assertThat(run("sample", "--name=a", "--epochs=x")).isEqualTo(2);
    assertThat(oneLine()).contains("--epochs");
  }

  @Test
  void exceptionsOfACommandBecomeOneLineAndACode() {
    sample.failure = new UserError("the run folder x is there already");
    assertThat(run("sample", "--name=a")).isEqualTo(2);
    assertThat(oneLine()).isEqualTo("kfac: error: the run folder x is there already");
    err.getBuffer().setLength(0);
    sample.failure = new IllegalStateException("broken");
    assertThat(run("sample", "--name=a")).isEqualTo(1);
    assertThat(oneLine()).isEqualTo("kfac: error: IllegalStateException: broken");
  }

  @Test
  void errorsOfTheJvmBecomeOneLineToo() {
    sample.error = new UnsatisfiedLinkError("no jnitensorflow");
    assertThat(run("sample", "--name=a")).isEqualTo(1);
    assertThat(oneLine()).contains("no jnitensorflow").contains("doctor");
  }

  @Test
  void theStackTraceIsShownOnRequest() {
    sample.failure = new IllegalStateException("broken");
    assertThat(run("sample", "--name=a", "--stacktrace")).isEqualTo(1);
    assertThat(err.toString()).contains("broken").contains("at io.github.tfkfac.tools.");
  }

  private int run(String... arguments) {
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false);
    return new CommandRunner(console, Map.of("sample", sample)).run(arguments);
  }

  private String oneLine() {
    assertThat(err.toString().lines()).hasSize(1);
    return err.toString().strip();
  }

  private Path config(String yaml) throws IOException {
    return Files.writeString(folder.resolve("sample.yaml"), yaml);
  }

  @Command(name = "sample", description = "A sample.", mixinStandardHelpOptions = true)
  static final class Sample implements Callable<Integer> {
    @Mixin ConfigOption config = new ConfigOption();

    @Option(names = "--name", required = true)
    String name;

    @Option(names = "--epochs", defaultValue = "1")
    int epochs;

    @Option(names = "--seeds", split = ",")
    List<Integer> seeds;

    @Option(names = "--augment")
    boolean augment;

    RuntimeException failure;
    Error error;

    @Override
    public Integer call() {
      if (failure != null) {
        throw failure;
      }
      if (error != null) {
        throw error;
      }
      return 0;
    }
  }
}
