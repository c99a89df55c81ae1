package io.github.tfkfac.tools.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void onlyVariablesThatChangeARunAreKept() {
    Map<String, String> environment =
        Map.of(
            "TF_ENABLE_ONEDNN_OPTS", "0",
            "CUDA_VISIBLE_DEVICES", "1",
            "TF_CLI_CONFIG_FILE", "of another program",
            "AWS_SECRET", "none of our business");

    assertThat(Machine.relevant(environment))
        .containsOnlyKeys("CUDA_VISIBLE_DEVICES", "TF_ENABLE_ONEDNN_OPTS");
  }

  @Test
  void oneDnnIsReportedWithItsReason() {
    assertThat(machine(Map.of()).oneDnn()).startsWith("TensorFlow's default");
    assertThat(machine(Map.of("TF_ENABLE_ONEDNN_OPTS", "0")).oneDnn())
        .isEqualTo("off (TF_ENABLE_ONEDNN_OPTS=0)");
  }

  private static Machine machine(Map<String, String> variables) {
    return new Machine("os", "java", 1, 1, 1, variables);
  }
}
