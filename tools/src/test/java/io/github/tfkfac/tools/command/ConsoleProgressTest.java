package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.cli.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Three epochs of two steps. */
class ConsoleProgressTest {
  private static final int EPOCHS = 3;
  private static final TrainingHealth HEALTH = new TrainingHealth(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static String shown(boolean terminal) {
    StringWriter written = new StringWriter();
    PrintWriter out = new PrintWriter(written);
    try (ConsoleProgress progress =
        new ConsoleProgress(new Console(out, out, terminal), "nkfac", Optional.empty())) {
      progress.started(new StartReport(0, new BatcherPosition(0, 0), 2 * EPOCHS, Optional.empty()));
      for (int step = 1; step <= 2 * EPOCHS; step++) {
        progress.stepped(
            new StepReport(
                step,
                (step - 1) / 2,
                Map.of("loss", 4.0 - step / 2.0),
                step / 16.0,
                0.1,
                16,
                List.of(),
                Duration.ofMillis(10),
                HEALTH));
      }
    }
    return written.toString();
  }

  @Test
  void aTerminalShowsTheTrendAfterEveryEpoch() {
    assertThat(shown(true))
        .contains("nkfac  epoch 1: loss 3.2500, accuracy 9.38 %\n")
        .contains("nkfac  epoch 2: loss 2.2500 █▁, accuracy 21.88 % ▁█\n")
        .contains("nkfac  epoch 3: loss 1.2500 █▅▁, accuracy 34.38 % ▁▅█\n");
  }

  @Test
  void aLogHasPlainLinesOnly() {
    assertThat(shown(false)).contains("step 1/6 ").doesNotContain("epoch").doesNotContain("█");
  }
}
