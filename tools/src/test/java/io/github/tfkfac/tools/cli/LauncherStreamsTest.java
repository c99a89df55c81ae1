package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The launcher's last lines, run with the class path of the tests. */
@DisabledOnOs(OS.WINDOWS)
class LauncherStreamsTest {

  private static final List<String> TENSORFLOWS =
      List.of(
          "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
          "I0000 00:00:1795920185.974161   23209 mlir_graph_optimization_pass.cc:401] MLIR V1",
          "W0000 00:00:1795920185.974161   23209 cuda/blas.cc:12] not there");
  private static final List<String> OTHERS =
      List.of(
          "E0000 00:00:1795920185.974161   23209 cuda/blas.cc:12] broken",
          "free(): invalid next size (fast)",
          "kfac: WARNING: All log messages");

  @Test
  void onlyTensorFlowsInformationAndWarningsAreLeftOut() throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(TENSORFLOWS);
    all.addAll(OTHERS);
    assertThat(errors("printf '%s\\n' '" + String.join("' '", all) + "' >&2"))
        .containsExactlyElementsOf(OTHERS);
  }

  @Test
  void linesOfTheProgramGoPastTheFilter() throws IOException, InterruptedException {
    String java =
        "\"%s\" $own_errors -cp '%s' %s nonsense"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Main.class.getName());
    assertThat(errors(java)).singleElement().asString().startsWith("kfac: error: ");
  }

  /** What a command behind the launcher's filter leaves on standard error. */
  private static List<String> errors(String command) throws IOException, InterruptedException {
    String launcher = Files.readString(Path.of("..", "kfac"));
    int from = launcher.indexOf("export TF_CPP_MIN_LOG_LEVEL");
    int to = launcher.indexOf("# shellcheck disable=SC2086 # KFAC_JAVA_OPTS");
    assertThat(from).isPositive().isLessThan(to);
    String script = "native=cpu\n" + launcher.substring(from, to) + command + "\n";
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", script);
    builder.environment().remove("TF_CPP_MIN_LOG_LEVEL");
    Process process = builder.start();
    try (BufferedReader errors = process.errorReader()) {
      List<String> lines = errors.lines().toList();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return lines;
    }
  }
}
