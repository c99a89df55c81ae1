package io.github.tfkfac.detection.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class GraphBoxesTest {

  private static final Fixture FIXTURE = Fixture.ops();

  private static float[] firstClass() {
    float[] decoded = FIXTURE.floats("coder/decode_w1");
    float[] first = new float[decoded.length / 3];
    for (int i = 0; i < first.length; i++) {
      first[i] = decoded[i / 4 * 12 + i % 4];
    }
    return first;
  }

  @Test
  void clipsAsTheReference() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> boxes = graph.boxes(new Boxes(firstClass()));
      Operand<TFloat32> clipped =
          GraphBoxes.clip(graph.tf, boxes, graph.tf.constant(70f), graph.tf.constant(90f));
      assertThat(graph.value(clipped)).containsExactly(FIXTURE.doubles("coder/clip_h70_w90"));
    }
  }

  @Test
  void shortSidesAreFoundAsInTheReference() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> boxes = graph.floats(FIXTURE, "coder/clip_h70_w90");
      double[] flags = graph.value(GraphBoxes.longEnough(graph.tf, boxes, 1e-2));
      assertThat(IntStream.range(0, flags.length).filter(i -> flags[i] == 1).toArray())
          .containsExactly(FIXTURE.ints("coder/keep_small_1e-2"));
    }
  }

  @Test
  void aLimitOfZeroAsksForArea() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> boxes =
          graph.boxes(new Boxes(new float[] {1, 1, 1, 5, 1, 1, 1.5f, 5, 2, 2, 1, 1}));
      assertThat(graph.value(GraphBoxes.longEnough(graph.tf, boxes, 0))).containsExactly(0, 1, 0);
      assertThat(graph.value(GraphBoxes.longEnough(graph.tf, boxes, 0.5))).containsExactly(0, 1, 0);
    }
  }

  @Test
  void shortListsAreFilled() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> filler = GraphBoxes.filler(graph.tf, TFloat32.class);
      for (int count : List.of(0, 2, 3)) {
        float[] values = new float[4 * count];
        Arrays.fill(values, 7);
        Operand<TFloat32> padded =
            FixedLength.pad(graph.tf, graph.floats(values, count, 4), 3, filler);
        assertThat(padded.shape()).isEqualTo(Shape.of(3, 4));
        double[] expected = Arrays.copyOf(Close.doubles(values), 12);
        for (int i = 4 * count; i < 12; i++) {
          expected[i] = i % 4 < 2 ? 0 : 1;
        }
        assertThat(graph.value(padded)).containsExactly(expected);
      }
    }
  }

  @Test
  void theLargestAreAsManyAsThereAre() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> values = graph.floats(new float[] {1, 3, 3, 2}, 4);
      assertThat(graph.indices(FixedLength.largest(graph.tf, values, 3))).containsExactly(1, 2, 3);
      assertThat(graph.indices(FixedLength.largest(graph.tf, values, 9)))
          .containsExactly(1, 2, 3, 0);
    }
  }
}
