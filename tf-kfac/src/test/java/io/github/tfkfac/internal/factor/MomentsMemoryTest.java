package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.factor.LayerMoments.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A batch of 79 MB whose patches would take 708 MB.
 *
 * <p>The growth counts from before the first case and its limit leaves room for what TensorFlow
 * keeps from the other cases.
 */
class MomentsMemoryTest {

  private static final int CHANNELS = 16;
  private static final int SIDE = 32;
  private static final int EXAMPLES = 1200;
  private static final long PATCH_BYTES = 4L * 9 * EXAMPLES * SIDE * SIDE * CHANNELS;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET_PEAK = Path.of("/proc/self/clear_refs");

  private static long memoryAtStart;

  record Case(String name, LayerMoments layer, FactorStructure kept, Shape declared) {
    Case(String name, LayerMoments layer, Shape declared) {
      this(name, layer, Evaluation.inputStructure(layer), declared);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    ConvolutionGeometry full =
        new ConvolutionGeometry(3, 3, CHANNELS, CHANNELS, 1, 1, Padding.SAME);
    ConvolutionGeometry depthwise = new ConvolutionGeometry(3, 3, CHANNELS, 1, 1, 1, Padding.SAME);
    ConvolutionGeometry ofGroup = new ConvolutionGeometry(3, 3, 4, 4, 1, 1, Padding.SAME);
    ConvolutionMoments ordinary = new ConvolutionMoments(full, Bias.PRESENT);
    long any = Shape.UNKNOWN_SIZE;
    Shape batchUnknown = Shape.of(any, SIDE, SIDE, CHANNELS);
    Shape sizesUnknown = Shape.of(any, any, any, CHANNELS);
    return Stream.of(
        new Case("depthwise", new DepthwiseMoments(depthwise, Bias.PRESENT), batchUnknown),
        new Case("parts", ordinary, sizesUnknown),
        new Case("shifted", ordinary, batchUnknown),
        new Case("blocks", ordinary, new Blocks(9 * CHANNELS + 1, 64), sizesUnknown),
        new Case("grouped", new GroupedMoments(ofGroup, CHANNELS / 4, Bias.PRESENT), sizesUnknown));
  }

  @BeforeAll
  static void measureMemoryAtStart() throws IOException {
    assumeTrue(
        Files.isReadable(STATUS) && Files.isWritable(RESET_PEAK), "needs Linux's " + RESET_PEAK);
    run(cases().findFirst().orElseThrow(), 1);
    memoryAtStart = memory("VmRSS");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void patchesOfTheWholeBatchAreNeverInMemory(Case c) throws IOException {
    Files.writeString(RESET_PEAK, "5");

    run(c, EXAMPLES);

    assertThat(memory("VmHWM") - memoryAtStart).isLessThan(PATCH_BYTES / 4 * 3);
  }

  private static void run(Case c, int examples) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(c.declared()));
      SecondMoments<TFloat32> moments =
          c.layer().of(tf, input, input, new Kept(c.kept(), Evaluation.outputStructure(c.layer())));
      try (Session session = new Session(graph);
          TFloat32 batch = TFloat32.tensorOf(Shape.of(examples, SIDE, SIDE, CHANNELS))) {
        session.runner().feed(input, batch).addTarget(moments.inputSum()).run().close();
      }
    }
  }

  private static long memory(String entry) throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      String line = lines.filter(l -> l.startsWith(entry + ":")).findFirst().orElseThrow();
      return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    }
  }
}
