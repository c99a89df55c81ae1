package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.testing.CapturedLayers;
import io.github.tfkfac.testing.TestGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** A batch whose gradients per example would take 512 MB. */
class EigenbasisMemoryTest {

  private static final int WIDTH = 400;
  private static final int POSITIONS = 2;
  private static final int EXAMPLES = 400;
  private static final long GRADIENT_BYTES = 8L * EXAMPLES * WIDTH * WIDTH;
  private static final long PART_BYTES = 32L << 20;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET_PEAK = Path.of("/proc/self/clear_refs");

  @Test
  void gradientsOfTheWholeBatchAreNeverInMemory() throws IOException {
    assumeTrue(
        Files.isReadable(STATUS) && Files.isWritable(RESET_PEAK), "needs Linux's " + RESET_PEAK);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Shape shape = Shape.of(EXAMPLES, POSITIONS, WIDTH);
      Placeholder<TFloat64> x = graph.input(shape);
      Operand<TFloat64> w = graph.variable("w", 1, Shape.of(WIDTH, WIDTH));
      Operand<TFloat64> output = graph.tf.linalg.einsum(List.of(x, w), "ntd,de->nte");
      FisherTap<TFloat64> tap =
          new FisherTap<>(
              List.of(new CapturedLayers<>(graph, graph.halfSquare(output)).taps.get(0)));
      Eigenbasis<TFloat64> own = new Eigenbasis<>(Optional.empty(), Optional.empty());
      Operand<TFloat64> total = graph.sum(EigenbasisMoments.of(graph.tf, tap, own, PART_BYTES));
      graph.start();
      graph.feed(x, shape, TestGraph.random(2, shape.size()));
      graph.fetch(output);
      long before = memory("VmRSS");
      Files.writeString(RESET_PEAK, "5");

      assertThat(graph.fetch(total)[0]).isPositive();

      assertThat(memory("VmHWM") - before).isLessThan(GRADIENT_BYTES / 2);
    }
  }

  private static long memory(String entry) throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      String line = lines.filter(l -> l.startsWith(entry + ":")).findFirst().orElseThrow();
      return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    }
  }
}
