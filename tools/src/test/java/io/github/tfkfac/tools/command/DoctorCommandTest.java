package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.check.CudaLibrary;
import io.github.tfkfac.tools.check.Device;
import io.github.tfkfac.tools.check.Examination;
import io.github.tfkfac.tools.check.GradientResult;
import io.github.tfkfac.tools.check.GradientResult.Outcome;
import io.github.tfkfac.tools.check.Machine;
import io.github.tfkfac.tools.check.NativeLibraries;
import io.github.tfkfac.tools.cli.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DoctorCommandTest {
  @Test
  void theFactsOfThisMachineAreJson() throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out, true), new PrintWriter(err, true), false);

    int exitCode = new CommandLine(new DoctorCommand(console)).execute("--json");
    console.out().flush();

    JsonNode facts = new ObjectMapper().readTree(out.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
    assertThat(facts.at("/tensorFlow").asText()).startsWith("2.");
    assertThat(facts.at("/devices/0/type").asText()).isEqualTo("CPU");
    assertThat(facts.at("/gradients").size()).isGreaterThan(90);
    assertThat(facts.at("/machine/memoryBytes").asLong()).isPositive();
  }

  @Test
  void thePlacementNeedsTheGpuNative() {
    CommandRun run = CommandRun.of("doctor", "--placement");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            "kfac: error: expected TensorFlow's GPU native, whose kernels decide where operations"
                + " go, found the CPU one; run KFAC_NATIVE=gpu ./kfac doctor --placement (Linux"
                + " x86-64, a build with -Pgpu, 526 MB once; no GPU is needed)\n");
  }

  @Test
  void theTextShowsEveryFact() {
    Examination examination =
        new Examination(
            new Machine("Linux", "17", 2, 4L << 20, 1L << 20, Map.of("TF_CONFIG", "{}")),
            new NativeLibraries("linux-x86_64", List.of("/lib/native.jar")),
            "2.18.0",
            List.of(new Device("/device:GPU:0", "GPU", 8L << 20)),
            List.of(new CudaLibrary("libcudnn.so.9", false, "not there")),
            List.of(
                new GradientResult("Relu", "float64", Outcome.OK, 1e-11, ""),
                new GradientResult("Conv3D", "float64", Outcome.NONE, Double.NaN, "why")),
            List.of());

    assertThat(ExaminationText.of(examination))
        .contains("memory           4 MiB")
        .contains("/lib/native.jar")
        .contains("GPU    8 MiB")
        .contains("not found: libcudnn.so.9")
        .contains("Relu         float64  ok     1e-11")
        .contains("Conv3D       float64  none          why")
        .contains("{TF_CONFIG={}}");
  }
}
