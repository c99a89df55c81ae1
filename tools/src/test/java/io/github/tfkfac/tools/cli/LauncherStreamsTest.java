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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The launcher's last lines, run with the class path of the tests. */
@DisabledOnOs(OS.WINDOWS)
class LauncherStreamsTest {

  private static final String ONE_DNN =
      "2026-11-29 07:08:25.275034: E tensorflow/core/util/util.cc:131] %s Falling back to the default";
  private static final List<String> TENSORFLOWS =
      List.of(
          "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
          "I0000 00:00:1795920185.974161   23209 mlir_graph_optimization_pass.cc:401] MLIR V1",
          "W0000 00:00:1795920185.974161   23209 cuda/blas.cc:12] not there",
          ONE_DNN.formatted("oneDNN supports DT_INT32 only on platforms with AVX-512."),
          ONE_DNN.formatted("oneDNN BFloat16 support are only on platforms with AVX512."));
  private static final List<String> OTHERS =
      List.of(
          "E0000 00:00:1795920185.974161   23209 cuda/blas.cc:12] broken",
          "2026-11-29 07:08:25.275034: E tensorflow/core/util/util.cc:131] oneDNN is broken",
          "2026-11-29 07:08:25.275034: F tensorflow/core/framework/tensor.cc:7] Check failed: x",
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

  @Test
  @EnabledOnOs(OS.LINUX)
  void theLastLinesOfADyingProcessComeThroughWhateverSignalItsGroupGot()
      throws IOException, InterruptedException {
    for (String signal : List.of("HUP", "INT", "QUIT", "TERM")) {
      String dying =
          "trap '' %s; until grep -q 'Name:.*grep' /proc/$!/status; do sleep 0.05; done; "
                  .formatted(signal)
              + "kill -%s 0; seq 2000 >&2; kill -KILL $$".formatted(signal);
      assertThat(errors("setsid -w bash", dying)).as(signal).hasSize(2000).last().isEqualTo("2000");
    }
  }

  /**
   * What a command behind the launcher's filter leaves on standard error. It is read to its end by
   * {@code cat}: a {@link Process} stops reading when the process ends, and the filter may be
   * behind.
   */
  private static List<String> errors(String command) throws IOException, InterruptedException {
    return errors("bash", command);
  }

  private static List<String> errors(String shell, String command)
      throws IOException, InterruptedException {
    String launcher = Files.readString(Path.of("..", "kfac"));
    int from = launcher.indexOf("export TF_CPP_MIN_LOG_LEVEL");
    int to = launcher.indexOf("# shellcheck disable=SC2086 # KFAC_JAVA_OPTS");
    assertThat(from).isPositive().isLessThan(to);
    String script = "native=cpu\n" + launcher.substring(from, to) + command + "\n";
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", "-c", shell + " -c \"$1\" 2>&1 > /dev/null | cat", "bash", script);
    builder.environment().remove("TF_CPP_MIN_LOG_LEVEL");
    Process process = builder.start();
    try (BufferedReader errors = process.inputReader()) {
      List<String> lines = errors.lines().toList();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return lines;
    }
  }
}
