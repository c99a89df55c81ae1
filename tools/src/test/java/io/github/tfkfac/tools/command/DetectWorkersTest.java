package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector that two workers train, as threads of this process. */
@Tag("slow")
@Tag("detector")
class DetectWorkersTest {

  private static final int STEPS = 2;

  /** Sums of float32 in another order. */
  private static final double ROUNDING = 1e-5;

  @TempDir Path folder;
  private TinyShapes data;

  @BeforeEach
  void writeData() {
    data = TinyShapes.write(folder.resolve("data"));
  }

  @Test
  void twoWorkersBeginAsOneProcessDoesAndStayEqual() throws IOException {
    Program one = new Program();
    assertThat(one.run(train("one"))).as(one.err()).isZero();
    // Fails where the workers' weights differ by a bit at the checkpoint.
    List<Program> two = Program.onTwoWorkers(train("two"));

    assertThat(two.get(1).out()).isEmpty();
    assertThat(two.get(0).out()).contains("checkpoint  ");
    List<MetricsRow> expected = rows("one");
    List<MetricsRow> found = rows("two");
    assertThat(found)
        .extracting(MetricsRow::step)
        .containsExactlyElementsOf(expected.stream().map(MetricsRow::step).toList());
    // Later ones depend on the choice of regions, whose random numbers are the worker's own.
    Map<String, Double> first = expected.get(0).values();
    for (String term : List.of("loss_objectness", "loss_proposal_boxes", "learning_rate")) {
      assertThat(found.get(0).values().get(term))
          .as(term)
          .isCloseTo(first.get(term), within(ROUNDING));
    }
    assertThat(found.get(STEPS).values()).containsKey("box_AP");
  }

  private String[] train(String name) {
    return new String[] {
      "detect",
      "train",
      "--data=" + data.folder(),
      "--optimizer=sgdm",
      "--batch=2",
      "--short-side=64",
      "--steps=" + STEPS,
      "--threads=1",
      "--runs=" + folder,
      "--name=" + name
    };
  }

  private List<MetricsRow> rows(String name) throws IOException {
    return MetricsCsv.read(folder.resolve(name).resolve("metrics.csv"));
  }
}
