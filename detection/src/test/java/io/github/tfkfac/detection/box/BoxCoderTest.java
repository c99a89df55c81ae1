package io.github.tfkfac.detection.box;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.DeltaClamp;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class BoxCoderTest {

  private static final Fixture FIXTURE = Fixture.ops();
  private static final int CLASSES = 3;
  private static final double LARGEST = 1000.0 / 16;

  private static BoxCoder coder(String weights) {
    DetectorProfile profile = DetectorProfile.torchvision();
    return weights.equals("w1") ? BoxCoder.forProposals(profile) : BoxCoder.forBoxes(profile);
  }

  @ParameterizedTest
  @ValueSource(strings = {"w1", "w10"})
  void encodesAsTheReference(String weights) {
    List<Box> proposals = FIXTURE.boxList("coder/proposals");
    List<Box> objects = FIXTURE.boxList("coder/gt");
    double[] expected = FIXTURE.doubles("coder/encode_" + weights);
    double[] found = new double[expected.length];
    for (int i = 0; i < proposals.size(); i++) {
      System.arraycopy(coder(weights).encode(proposals.get(i), objects.get(i)), 0, found, 4 * i, 4);
    }
    assertClose(found, expected, OPS);
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> references = graph.floats(FIXTURE, "coder/proposals");
      Operand<TFloat32> boxes = graph.floats(FIXTURE, "coder/gt");
      assertClose(graph.value(coder(weights).encode(graph.tf, references, boxes)), expected, OPS);
      Operand<TFloat64> exact =
          coder(weights)
              .encode(
                  graph.tf, graph.as(TFloat64.class, references), graph.as(TFloat64.class, boxes));
      assertClose(graph.value(exact), found, 1e-14);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"w1", "w10"})
  void decodesAsTheReference(String weights) {
    List<Box> proposals = FIXTURE.boxList("coder/proposals");
    double[] codes = FIXTURE.doubles("coder/codes");
    double[] expected = FIXTURE.doubles("coder/decode_" + weights);
    double[] found = new double[expected.length];
    for (int i = 0; i < codes.length; i += 4) {
      Box box =
          coder(weights)
              .decode(
                  proposals.get(i / 4 / CLASSES),
                  codes[i],
                  codes[i + 1],
                  codes[i + 2],
                  codes[i + 3]);
      found[i] = box.x1();
      found[i + 1] = box.y1();
      found[i + 2] = box.x2();
      found[i + 3] = box.y2();
    }
    assertClose(found, expected, OPS);
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> references =
          graph.tf.expandDims(graph.floats(FIXTURE, "coder/proposals"), graph.tf.constant(1));
      Operand<TFloat32> deltas =
          graph.floats(FIXTURE.floats("coder/codes"), proposals.size(), CLASSES, 4);
      assertClose(graph.value(coder(weights).decode(graph.tf, references, deltas)), expected, OPS);
    }
  }

  @Test
  void theClampHasOneSideOrTwo() {
    Box reference = new Box(0, 0, 10, 20);
    BoxCoder upper = new BoxCoder(1, 1, DeltaClamp.UPPER);
    BoxCoder both = new BoxCoder(1, 1, DeltaClamp.BOTH);
    for (BoxCoder coder : List.of(upper, both)) {
      Box large = coder.decode(reference, 0, 0, 9, 5);
      assertThat(large.width()).isCloseTo(10 * LARGEST, within(1e-9));
      assertThat(large.height()).isCloseTo(20 * LARGEST, within(1e-9));
    }
    assertThat(upper.decode(reference, 0, 0, -9, -9).width())
        .isCloseTo(10 * Math.exp(-9), within(1e-9));
    assertThat(both.decode(reference, 0, 0, -9, -9).width()).isCloseTo(10 / LARGEST, within(1e-9));
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> boxes = graph.floats(new float[] {0, 0, 10, 20}, 1, 4);
      Operand<TFloat32> deltas = graph.floats(new float[] {0, 0, -9, 9}, 1, 4);
      double[] oneSide = graph.value(upper.decode(graph.tf, boxes, deltas));
      double[] twoSides = graph.value(both.decode(graph.tf, boxes, deltas));
      assertThat(oneSide[2] - oneSide[0]).isCloseTo(10 * Math.exp(-9), within(1e-5));
      assertThat(twoSides[2] - twoSides[0]).isCloseTo(10 / LARGEST, within(1e-5));
      assertThat(twoSides[3] - twoSides[1]).isCloseTo(20 * LARGEST, within(1e-3));
    }
  }

  @Test
  void boxesWithoutAreaHaveNoDeltas() {
    BoxCoder coder = new BoxCoder(10, 5, DeltaClamp.BOTH);
    Box real = new Box(1, 2, 5, 9);
    Box flat = new Box(3, 3, 3, 8);
    Box reversed = new Box(5, 5, 4, 6);
    for (Box empty : List.of(flat, reversed)) {
      assertThat(coder.encode(real, empty)).containsOnly(0);
      assertThat(coder.encode(empty, real)).containsOnly(0);
    }
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> first = graph.boxes(Boxes.of(List.of(real, real, flat, reversed, real)));
      Operand<TFloat32> second = graph.boxes(Boxes.of(List.of(flat, reversed, real, real, real)));
      Operand<TFloat32> deltas = coder.encode(graph.tf, first, second);
      assertThat(graph.value(deltas)).containsOnly(0);
      assertThat(graph.value(graph.gradient(graph.tf.math.mul(deltas, deltas), second)))
          .containsOnly(0);
    }
  }

  @Test
  void decodingInvertsEncoding() {
    BoxCoder coder = BoxCoder.forBoxes(DetectorProfile.mmdetection());
    List<Box> proposals = FIXTURE.boxList("coder/proposals");
    List<Box> objects = FIXTURE.boxList("coder/gt");
    for (int i = 0; i < proposals.size(); i++) {
      double[] deltas = coder.encode(proposals.get(i), objects.get(i));
      Box back = coder.decode(proposals.get(i), deltas[0], deltas[1], deltas[2], deltas[3]);
      assertThat(back.x1()).isCloseTo(objects.get(i).x1(), within(1e-9));
      assertThat(back.y2()).isCloseTo(objects.get(i).y2(), within(1e-9));
    }
  }

  @Test
  void weightsThatAreNotPositiveAreRejected() {
    assertThatThrownBy(() -> new BoxCoder(0, 1, DeltaClamp.BOTH))
        .hasMessageContaining("expected positive weights");
  }
}
