package io.github.tfkfac.detection.proposal;

import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.proposal.ProposalSelector.Level;
import io.github.tfkfac.detection.proposal.ProposalSelector.Proposals;
import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class ProposalSelectorTest {

  private static final DetectorProfile PROFILE = DetectorProfile.torchvision();
  private static final double PIXELS = 2e-3;
  private static final double SCORES = 1e-4;

  /** Outputs of the reference's network for a batch and level, in this library's order. */
  private static <T extends TNumber> Level<T> level(
      SmallGraph graph, Fixture fixture, Class<T> type, int level, int image) {
    int offset = Arrays.stream(Fixture.train().ints("level_counts"), 0, level).sum();
    int count = Fixture.train().ints("level_counts")[level];
    float[] anchors =
        Arrays.copyOfRange(Fixture.train().floats("anchors"), 4 * offset, 4 * (offset + count));
    Operand<TFloat32> logits =
        graph.channelsLast(graph.floats(fixture, "rpn_logits" + (level + 2)));
    Operand<TFloat32> deltas =
        graph.channelsLast(graph.floats(fixture, "rpn_deltas" + (level + 2)));
    return Level.ofImage(
        graph.tf,
        graph.as(type, graph.tf.reshape(logits, graph.tf.constant(new int[] {2, -1}))),
        graph.as(type, graph.tf.reshape(deltas, graph.tf.constant(new int[] {2, -1, 4}))),
        graph.as(type, graph.boxes(new Boxes(anchors))),
        image);
  }

  private static <T extends TNumber> Proposals<T> proposals(
      SmallGraph graph, Fixture fixture, Class<T> type, int image, ProposalSelector selector) {
    List<Level<T>> levels = new ArrayList<>();
    for (int l = 0; l < 5; l++) {
      levels.add(level(graph, fixture, type, l, image));
    }
    int[] size = fixture.imageSize(image);
    return selector.select(
        graph.tf, levels, graph.tf.constant(type, size[0]), graph.tf.constant(type, size[1]));
  }

  @Test
  void decodesAllAnchorsAsTheReference() {
    int count = (int) Fixture.train().shape("anchors")[0];
    for (int image = 0; image < 2; image++) {
      try (SmallGraph graph = new SmallGraph()) {
        List<Operand<TFloat32>> decoded = new ArrayList<>();
        for (int l = 0; l < 5; l++) {
          Level<TFloat32> level = level(graph, Fixture.train(), TFloat32.class, l, image);
          decoded.add(
              BoxCoder.forProposals(PROFILE).decode(graph.tf, level.anchors(), level.deltas()));
        }
        double[] expected =
            Arrays.copyOfRange(
                Fixture.train().doubles("decoded"), 4 * image * count, 4 * (image + 1) * count);
        assertClose(
            graph.value(graph.tf.concat(decoded, graph.tf.constant(0))), expected, Close.OPS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theBestAnchorsOfEachLevelAreTheReferences(boolean training) {
    Fixture fixture = training ? Fixture.train() : Fixture.eval();
    ProposalSelector selector = ProposalSelector.of(PROFILE, training ? 60 : 45, 1);
    int[] expected = fixture.ints("rpn_topn_idx");
    int at = 0;
    for (int image = 0; image < 2; image++) {
      int offset = 0;
      for (int l = 0; l < 5; l++) {
        try (SmallGraph graph = new SmallGraph()) {
          Level<TFloat32> level = level(graph, fixture, TFloat32.class, l, image);
          for (int row : graph.indices(selector.best(graph.tf, level.logits()))) {
            assertThat(offset + row).isEqualTo(expected[at++]);
          }
        }
        offset += Fixture.train().ints("level_counts")[l];
      }
    }
    assertThat(at).isEqualTo(expected.length);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void proposalsAreTheReferences(boolean training) {
    Fixture fixture = training ? Fixture.train() : Fixture.eval();
    ProposalSelector selector =
        training ? ProposalSelector.of(PROFILE, 60, 120) : ProposalSelector.of(PROFILE, 45, 70);
    for (int image = 0; image < 2; image++) {
      try (SmallGraph graph = new SmallGraph()) {
        Proposals<TFloat32> proposals = proposals(graph, fixture, TFloat32.class, image, selector);
        List<double[]> values =
            graph.values(proposals.boxes(), proposals.scores(), proposals.valid());
        double[] boxes = Close.doubles(fixture.floatsOf(image, "proposals", "proposal_counts"));
        double[] scores =
            Close.doubles(fixture.floatsOf(image, "proposal_scores", "proposal_counts"));
        int count = scores.length;
        assertClose(Arrays.copyOf(values.get(1), count), scores, SCORES);
        assertNearest(Arrays.copyOf(values.get(0), 4 * count), boxes);
        for (int i = 0; i < selector.perImage(); i++) {
          assertThat(values.get(2)[i]).isEqualTo(i < count ? 1 : 0);
        }
      }
    }
  }

  /** Every box has a box of the other list within the tolerance. */
  private static void assertNearest(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i += 4) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int j = 0; j < found.length; j += 4) {
        double distance = 0;
        for (int k = 0; k < 4; k++) {
          distance = Math.max(distance, Math.abs(expected[i + k] - found[j + k]));
        }
        nearest = Math.min(nearest, distance);
      }
      assertThat(nearest).as("distance of box %s", i / 4).isLessThanOrEqualTo(PIXELS);
    }
  }

  @Test
  void float64ProposalsAgree() {
    try (SmallGraph graph = new SmallGraph()) {
      ProposalSelector selector = ProposalSelector.of(PROFILE, 60, 120);
      Proposals<TFloat64> exact = proposals(graph, Fixture.train(), TFloat64.class, 0, selector);
      assertNearest(
          graph.value(exact.boxes()),
          Close.doubles(Fixture.train().floatsOf(0, "proposals", "proposal_counts")));
    }
  }

  /** One level of anchors whose deltas are 0. */
  private static Proposals<TFloat32> ofBoxes(
      SmallGraph graph, ProposalSelector selector, float[] logits, float... boxes) {
    Level<TFloat32> level =
        new Level<>(
            graph.floats(logits, logits.length),
            graph.floats(new float[boxes.length], logits.length, 4),
            graph.floats(boxes, logits.length, 4));
    return selector.select(
        graph.tf, List.of(level), graph.tf.constant(100f), graph.tf.constant(50f));
  }

  @Test
  void proposalsWithoutAreaAreDropped() {
    try (SmallGraph graph = new SmallGraph()) {
      Proposals<TFloat32> proposals =
          ofBoxes(
              graph,
              ProposalSelector.of(DetectorProfile.mmdetection(), 10, 6),
              new float[] {5, 4, 3, 2},
              new float[] {
                60, 10, 70, 20, // right of the image
                10, 10, 10.0005f, 20, // thin
                20, 90, 40, 120, // half inside
                0, 0, 10, 0
              });
      assertThat(proposals.boxes().shape()).isEqualTo(Shape.of(6, 4));
      double[] boxes = graph.value(proposals.boxes());
      assertThat(graph.value(proposals.valid())).containsExactly(1, 1, 0, 0, 0, 0);
      assertThat(Arrays.copyOfRange(boxes, 4, 8)).containsExactly(20, 90, 40, 100);
      assertThat(Arrays.copyOfRange(boxes, 8, 12)).containsExactly(0, 0, 1, 1);
      assertThat(graph.value(proposals.scores())).endsWith(0, 0, 0, 0);
    }
  }

  @Test
  void theLeastSideDependsOnTheProfile() {
    float[] boxes = {10, 10, 10.0005f, 20};
    try (SmallGraph graph = new SmallGraph()) {
      ProposalSelector largerThanZero = ProposalSelector.of(DetectorProfile.mmdetection(), 9, 1);
      ProposalSelector thousandth = ProposalSelector.of(PROFILE, 9, 1);
      float[] logits = {0};
      assertThat(graph.value(ofBoxes(graph, largerThanZero, logits, boxes).valid()))
          .containsExactly(1);
      assertThat(graph.value(ofBoxes(graph, thousandth, logits, boxes).valid())).containsExactly(0);
    }
  }

  @Test
  void noGradientFlowsThroughProposals() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> logits = graph.floats(new float[] {1, 2}, 2);
      Operand<TFloat32> deltas = graph.floats(new float[8], 2, 4);
      Level<TFloat32> level =
          new Level<>(logits, deltas, graph.floats(new float[] {0, 0, 9, 9, 20, 20, 29, 29}, 2, 4));
      Proposals<TFloat32> proposals =
          ProposalSelector.of(PROFILE, 10, 2)
              .select(graph.tf, List.of(level), graph.tf.constant(50f), graph.tf.constant(50f));
      Operand<TFloat32> boxes = graph.tf.math.add(proposals.boxes(), deltas);
      Operand<TFloat32> scores = graph.tf.math.add(proposals.scores(), logits);
      List<double[]> gradients =
          graph.values(graph.gradient(boxes, deltas), graph.gradient(scores, logits));
      assertThat(gradients.get(0)).containsOnly(1);
      assertThat(gradients.get(1)).containsOnly(1);
    }
  }

  @Test
  void levelsDoNotSuppressEachOther() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> box = graph.floats(new float[] {0, 0, 10, 10}, 1, 4);
      Operand<TFloat32> deltas = graph.floats(new float[4], 1, 4);
      List<Level<TFloat32>> levels =
          List.of(
              new Level<>(graph.floats(new float[] {1}, 1), deltas, box),
              new Level<>(graph.floats(new float[] {2}, 1), deltas, box));
      Proposals<TFloat32> proposals =
          ProposalSelector.of(PROFILE, 10, 2)
              .select(graph.tf, levels, graph.tf.constant(50f), graph.tf.constant(50f));
      assertThat(graph.value(proposals.valid())).containsExactly(1, 1);
      double[] scores = graph.value(proposals.scores());
      assertThat(scores[0]).isGreaterThan(scores[1]);
    }
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(() -> ProposalSelector.of(PROFILE, 0, 5))
        .hasMessageContaining("at least 1 proposal");
  }
}
