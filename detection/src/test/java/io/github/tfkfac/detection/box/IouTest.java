package io.github.tfkfac.detection.box;

import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat64;

class IouTest {

  private static final Fixture OPS = Fixture.ops();

  @Test
  void float32OverlapsAreExactlyTheReferences() {
    Boxes a = OPS.boxes("iou/a");
    Boxes b = OPS.boxes("iou/b");
    float[] expected = OPS.floats("iou/iou");
    float[] found = new float[expected.length];
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < b.size(); j++) {
        found[i * b.size() + j] = Iou.of(a, i, b, j);
      }
    }
    assertThat(found).containsExactly(expected);
    try (SmallGraph graph = new SmallGraph()) {
      assertThat(graph.value(Iou.matrix(graph.tf, graph.boxes(a), graph.boxes(b))))
          .containsExactly(Close.doubles(expected));
    }
  }

  @Test
  void float64OverlapsAgree() {
    List<Box> boxes = OPS.boxList("iou/b");
    double[] expected = new double[boxes.size() * boxes.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Iou.of(boxes.get(i / boxes.size()), boxes.get(i % boxes.size()));
    }
    try (SmallGraph graph = new SmallGraph()) {
      var operand = graph.as(TFloat64.class, graph.floats(OPS, "iou/b"));
      assertClose(graph.value(Iou.matrix(graph.tf, operand, operand)), expected, 1e-14);
    }
  }

  @Test
  void emptyUnionsOverlapByNothing() {
    Boxes boxes = OPS.boxes("nms/exact_boxes");
    float[] reference = OPS.floats("nms/exact_iou");
    int undefined = 0;
    try (SmallGraph graph = new SmallGraph()) {
      double[] inGraph = graph.value(Iou.matrix(graph.tf, graph.boxes(boxes), graph.boxes(boxes)));
      for (int i = 0; i < reference.length; i++) {
        int first = i / boxes.size();
        int second = i % boxes.size();
        boolean isUndefined = Float.isNaN(reference[i]);
        undefined += isUndefined ? 1 : 0;
        double expected = isUndefined ? 0 : reference[i];
        assertThat(inGraph[i]).isEqualTo(expected);
        assertThat((double) Iou.of(boxes, first, boxes, second)).isEqualTo(expected);
        assertThat((float) Iou.of(boxes.get(first), boxes.get(second))).isEqualTo((float) expected);
      }
    }
    assertThat(undefined).isPositive();
  }
}
