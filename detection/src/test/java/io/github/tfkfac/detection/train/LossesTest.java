package io.github.tfkfac.detection.train;

import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.profile.DetectorProfile.DeltaLoss;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class LossesTest {

  private static final Fixture OPS = Fixture.ops();
  private static final Fixture TRAIN = Fixture.train();
  private static final double RELATIVE = 1e-5;
  private static final double GRADIENT = 1e-6;

  private static void assertLoss(double found, String name) {
    double expected = TRAIN.doubles("loss/" + name)[0];
    assertThat(found).as(name).isCloseTo(expected, within(RELATIVE * expected));
  }

  private static Operand<TFloat32> ones(SmallGraph graph, int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return graph.tf.constant(ones);
  }

  /** The proposal network's outputs for the batch, all levels, {@code [2, anchors · width]}. */
  private static Operand<TFloat32> outputs(SmallGraph graph, String name, int width) {
    List<Operand<TFloat32>> levels = new ArrayList<>();
    for (int l = 2; l <= 6; l++) {
      Operand<TFloat32> map = graph.channelsLast(graph.floats(TRAIN, name + l));
      levels.add(graph.tf.reshape(map, graph.tf.constant(new int[] {2, -1, width})));
    }
    return graph.tf.concat(levels, graph.tf.constant(1));
  }

  @Test
  void proposalLossesAreTheReferences() {
    int anchors = (int) TRAIN.shape("anchors")[0];
    int[] positives = TRAIN.ints("rpn_pos_idx");
    int[] negatives = TRAIN.ints("rpn_neg_idx");
    float[] targets = TRAIN.floats("rpn_pos_targets");
    int samples = 64;
    int[] indices = new int[2 * samples];
    float[] labels = new float[2 * samples];
    float[] deltas = new float[8 * samples];
    int[] filled = new int[2];
    for (int i = 0; i < positives.length; i++) {
      int image = positives[i] / anchors;
      int row = samples * image + filled[image]++;
      indices[row] = positives[i] % anchors;
      labels[row] = 1;
      System.arraycopy(targets, 4 * i, deltas, 4 * row, 4);
    }
    for (int negative : negatives) {
      int image = negative / anchors;
      indices[samples * image + filled[image]++] = negative % anchors;
    }
    assertThat(filled).containsExactly(samples, samples);
    try (SmallGraph graph = new SmallGraph()) {
      var rows = graph.tf.reshape(graph.tf.constant(indices), graph.tf.constant(new int[] {2, -1}));
      Operand<TFloat32> count = graph.tf.constant(2f * samples);
      Operand<TFloat32> positive = graph.floats(labels, 2, samples);
      Operand<TFloat32> logits =
          Losses.atSamples(
              graph.tf,
              graph.tf.reshape(
                  outputs(graph, "rpn_logits", 1), graph.tf.constant(new int[] {2, anchors})),
              rows);
      Operand<TFloat32> objectness =
          Losses.sigmoid(
              graph.tf,
              logits,
              positive,
              graph.tf.reshape(ones(graph, 2 * samples), graph.tf.constant(new int[] {2, -1})),
              count);
      Operand<TFloat32> boxes =
          Losses.deltas(
              graph.tf,
              DeltaLoss.SMOOTH_L1_NINTH,
              Losses.atSamples(
                  graph.tf,
                  graph.tf.reshape(
                      outputs(graph, "rpn_deltas", 4),
                      graph.tf.constant(new int[] {2, anchors, 4})),
                  rows),
              graph.floats(deltas, 2, samples, 4),
              positive,
              count);
      List<double[]> values = graph.values(objectness, boxes);
      assertLoss(values.get(0)[0], "loss_objectness");
      assertLoss(values.get(1)[0], "loss_rpn_box_reg");
    }
  }

  @Test
  void boxHeadLossesAreTheReferences() {
    int[] labels = TRAIN.ints("roi_labels");
    try (SmallGraph graph = new SmallGraph()) {
      var label = graph.ints(TRAIN, "roi_labels");
      Operand<TFloat32> count = graph.tf.constant((float) labels.length);
      Operand<TFloat32> classes =
          Losses.softmax(
              graph.tf,
              graph.floats(TRAIN, "class_logits"),
              label,
              ones(graph, labels.length),
              count);
      float[] positive = new float[labels.length];
      IntStream.range(0, labels.length).forEach(i -> positive[i] = labels[i] > 0 ? 1 : 0);
      Operand<TFloat32> boxes =
          Losses.deltas(
              graph.tf,
              DeltaLoss.SMOOTH_L1_NINTH,
              Losses.ownClass(
                  graph.tf, graph.floats(TRAIN.floats("box_deltas"), labels.length, 6, 4), label),
              graph.floats(TRAIN, "roi_targets"),
              graph.tf.constant(positive),
              count);
      List<double[]> values = graph.values(classes, boxes);
      assertLoss(values.get(0)[0], "loss_classifier");
      assertLoss(values.get(1)[0], "loss_box_reg");
    }
  }

  @Test
  void maskLossIsTheReferences() {
    int count = TRAIN.ints("mask_labels").length;
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> loss =
          Losses.mask(
              graph.tf,
              graph.channelsLast(graph.floats(TRAIN, "mask_logits")),
              graph.ints(TRAIN, "mask_labels"),
              graph.floats(TRAIN, "mask_targets"),
              ones(graph, count),
              graph.tf.constant((float) count));
      assertLoss(graph.value(loss)[0], "loss_mask");
    }
  }

  @Test
  void singleLossesAreTheReferences() {
    double sum = OPS.floats("loss/smooth_l1_sum_beta0.1111")[0];
    double mean = OPS.floats("loss/bce_mean")[0];
    double[] x = OPS.doubles("loss/x");
    double[] z = OPS.doubles("loss/z");
    double absolute = IntStream.range(0, 40).mapToDouble(i -> Math.abs(x[i] - z[i])).sum();
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> logits = graph.floats(OPS, "loss/x");
      Operand<TFloat32> targets = graph.floats(OPS, "loss/z");
      Operand<TFloat32> one = graph.tf.constant(1f);
      Operand<TFloat32> bce =
          Losses.sigmoid(graph.tf, logits, targets, ones(graph, 40), graph.tf.constant(40f));
      var rows = graph.tf.constant(new int[] {10, 4});
      Operand<TFloat32> boxes = graph.tf.reshape(logits, rows);
      Operand<TFloat32> boxTargets = graph.tf.reshape(targets, rows);
      List<double[]> values =
          graph.values(
              bce,
              Losses.deltas(
                  graph.tf, DeltaLoss.SMOOTH_L1_NINTH, boxes, boxTargets, ones(graph, 10), one),
              Losses.deltas(graph.tf, DeltaLoss.L1, boxes, boxTargets, ones(graph, 10), one));
      assertThat(values.get(0)[0]).isCloseTo(mean, within(RELATIVE));
      assertThat(values.get(1)[0]).isCloseTo(sum, within(RELATIVE * sum));
      assertThat(values.get(2)[0]).isCloseTo(absolute, within(RELATIVE * absolute));
    }
  }

  @Test
  void paddingCountsForNothingAndNoObjectsGiveZero() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> logits = graph.floats(new float[] {50, 1, -3, 2}, 2, 2);
      var labels = graph.tf.constant(new int[] {1, 0});
      Operand<TFloat32> second = graph.tf.constant(new float[] {0, 1});
      Operand<TFloat32> none = graph.tf.constant(new float[2]);
      Operand<TFloat32> one = graph.tf.constant(1f);
      Operand<TFloat32> zero = graph.tf.constant(0f);
      double expected = Math.log1p(Math.exp(5));
      assertThat(graph.value(Losses.softmax(graph.tf, logits, labels, second, one))[0])
          .isCloseTo(expected, within(1e-5));
      Operand<TFloat32> masks = graph.floats(new float[16], 2, 2, 2, 2);
      Operand<TFloat32> targets = graph.floats(new float[8], 2, 2, 2);
      Operand<TFloat32> empty = Losses.mask(graph.tf, masks, labels, targets, none, zero);
      List<double[]> values = graph.values(empty, graph.gradient(empty, masks));
      assertThat(values.get(0)).containsExactly(0);
      assertThat(values.get(1)).containsOnly(0);
    }
  }

  @Test
  void aBackgroundBehindTheClassesUsesTheLastDeltas() {
    try (SmallGraph graph = new SmallGraph()) {
      float[] deltas = new float[2 * 3 * 4];
      for (int i = 0; i < deltas.length; i++) {
        deltas[i] = i;
      }
      Operand<TFloat32> own =
          Losses.ownClass(
              graph.tf, graph.floats(deltas, 2, 3, 4), graph.tf.constant(new int[] {1, 3}));
      assertThat(graph.value(own)).containsExactly(4, 5, 6, 7, 20, 21, 22, 23);
    }
  }

  @Test
  void gradientsInFloat64AreThoseOfFiniteDifferences() {
    double[] start = {0.3, -1.2, 2, 0.05, -0.4, 0.9, 1.1, -0.02};
    double step = 1e-5;
    for (int loss = 0; loss < 5; loss++) {
      double[] numeric = new double[start.length];
      for (int i = 0; i < start.length; i++) {
        double[] above = start.clone();
        double[] below = start.clone();
        above[i] += step;
        below[i] -= step;
        numeric[i] = (evaluate(loss, above)[0] - evaluate(loss, below)[0]) / (2 * step);
      }
      double[] found = Arrays.copyOfRange(evaluate(loss, start), 1, 1 + start.length);
      assertClose(found, numeric, GRADIENT);
      assertThat(Arrays.stream(found).map(Math::abs).sum()).isPositive();
    }
  }

  /** Loss and gradient in eight numbers. */
  private static double[] evaluate(int loss, double[] x) {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat64> input = graph.tf.constant(x);
      var shape = graph.tf.constant(new int[] {2, 4});
      Operand<TFloat64> rows = graph.tf.reshape(input, shape);
      Operand<TFloat64> zeros = graph.tf.constant(new double[2][4]);
      Operand<TFloat64> weights = graph.tf.constant(new double[] {1, 0.5});
      Operand<TFloat64> two = graph.tf.constant(2.0);
      var labels = graph.tf.constant(new int[] {2, 0});
      Operand<TFloat64> value =
          switch (loss) {
            case 0 ->
                Losses.sigmoid(
                    graph.tf,
                    rows,
                    graph.tf.constant(new double[][] {{1, 0, 0.5, 1}, {0, 0, 1, 1}}),
                    graph.tf.expandDims(weights, graph.tf.constant(1)),
                    two);
            case 1 -> Losses.softmax(graph.tf, rows, labels, weights, two);
            case 2 -> Losses.deltas(graph.tf, DeltaLoss.L1, rows, zeros, weights, two);
            case 3 -> Losses.deltas(graph.tf, DeltaLoss.SMOOTH_L1_NINTH, rows, zeros, weights, two);
            default ->
                Losses.mask(
                    graph.tf,
                    graph.tf.reshape(input, graph.tf.constant(new int[] {2, 1, 1, 4})),
                    labels,
                    graph.tf.constant(new double[][][] {{{1}}, {{0.25}}}),
                    weights,
                    two);
          };
      List<double[]> values = graph.values(value, graph.gradient(value, input));
      double[] all = new double[1 + x.length];
      all[0] = values.get(0)[0];
      System.arraycopy(values.get(1), 0, all, 1, x.length);
      return all;
    }
  }
}
