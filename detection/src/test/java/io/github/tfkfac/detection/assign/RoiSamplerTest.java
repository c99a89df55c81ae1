package io.github.tfkfac.detection.assign;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.assign.RoiSampler.Candidates;
import io.github.tfkfac.detection.assign.RoiSampler.Sample;
import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.Background;
import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class RoiSamplerTest {

  private static final Fixture TRAIN = Fixture.train();
  private static final int SAMPLES = 32;
  private static final int MOST_POSITIVES = 8;
  private static final BoxCoder CODER = BoxCoder.forBoxes(DetectorProfile.torchvision());

  private static RoiSampler sampler(int samples, Background background, Sampling sampling) {
    return new RoiSampler(
        new SampleSize(samples, 0.25), 0.5, new ClassLabels(5, background), CODER, sampling);
  }

  private static RoiSampler first() {
    return sampler(SAMPLES, Background.FIRST, new Sampling.First());
  }

  private static <T extends TNumber> Candidates<T> candidates(
      SmallGraph graph, Class<T> type, Boxes proposals, Boxes objects, int[] categories) {
    return new Candidates<>(
        graph.as(type, graph.boxes(proposals)),
        graph.all(proposals.size()),
        graph.as(type, graph.boxes(objects)),
        graph.tf.constant(categories),
        graph.all(objects.size()));
  }

  private static int[] categories(int image) {
    return IntStream.of(TRAIN.ints("in" + image + "/labels")).map(label -> label - 1).toArray();
  }

  /** The reference's candidates with two rows of padding behind proposals and objects. */
  private static Candidates<TFloat32> padded(SmallGraph graph, int image) {
    float[] proposals = TRAIN.floatsOf(image, "proposals", "proposal_counts");
    float[] objects = TRAIN.floats("in" + image + "/boxes_resized");
    int[] categories = categories(image);
    boolean[] isObject = new boolean[categories.length + 2];
    Arrays.fill(isObject, 0, categories.length, true);
    return new Candidates<>(
        graph.boxes(new Boxes(proposals)),
        graph.all(proposals.length / 4),
        graph.boxes(new Boxes(Arrays.copyOf(objects, objects.length + 8))),
        graph.tf.constant(Arrays.copyOf(categories, isObject.length)),
        graph.tf.constant(isObject));
  }

  @Test
  void sampleIsTheReferences() {
    for (int image = 0; image < 2; image++) {
      try (SmallGraph graph = new SmallGraph()) {
        Sample<TFloat32> sample =
            first().sample(graph.tf, padded(graph, image), graph.tf.constant(0L), image);
        List<double[]> values =
            graph.values(
                sample.rows(),
                sample.regions(),
                sample.labels(),
                sample.matched(),
                sample.weights(),
                sample.positive(),
                sample.deltas(),
                sample.masks().regions(),
                sample.masks().labels(),
                sample.masks().matched(),
                sample.masks().weights());
        int[] labels = TRAIN.intsOf(image, "roi_labels", "roi_counts");
        assertThat(values.get(0)).containsExactly(ints(image, "roi_inds", "roi_counts"));
        assertThat(values.get(1))
            .containsExactly(Close.doubles(TRAIN.floatsOf(image, "rois", "roi_counts")));
        assertThat(values.get(2)).containsExactly(ints(image, "roi_labels", "roi_counts"));
        assertThat(values.get(3)).containsExactly(ints(image, "roi_matched", "roi_counts"));
        assertThat(values.get(4)).containsOnly(1);
        assertThat(values.get(5))
            .containsExactly(
                IntStream.of(labels).mapToDouble(label -> Math.min(label, 1)).toArray());
        double[] deltas = Close.doubles(TRAIN.floatsOf(image, "roi_targets", "roi_counts"));
        for (int i = 0; i < deltas.length; i++) {
          deltas[i] = labels[i / 4] == 0 ? 0 : deltas[i];
        }
        assertClose(values.get(6), deltas, 10 * OPS);

        int positives = TRAIN.ints("mask_roi_counts")[image];
        assertThat(positives).isEqualTo(MOST_POSITIVES);
        assertThat(values.get(7))
            .containsExactly(Close.doubles(TRAIN.floatsOf(image, "mask_rois", "mask_roi_counts")));
        assertThat(values.get(8)).containsExactly(ints(image, "mask_labels", "mask_roi_counts"));
        assertThat(values.get(9)).containsExactly(ints(image, "mask_matched", "mask_roi_counts"));
        assertThat(values.get(10)).containsOnly(1);
      }
    }
  }

  @Test
  void everyCandidateIsMatchedAsInTheReference() {
    for (int image = 0; image < 2; image++) {
      try (SmallGraph graph = new SmallGraph()) {
        Boxes all = new Boxes(TRAIN.floatsOf(image, "roi_all", "roi_all_counts"));
        Candidates<TFloat32> candidates = padded(graph, image);
        RoiMatches<TFloat32> matches =
            RoiMatches.of(graph.tf, candidates, graph.boxes(all), graph.all(all.size()), 0.5);
        List<double[]> values =
            graph.values(matches.object(), matches.positive(), matches.negative());
        int[] labels = TRAIN.intsOf(image, "roi_all_labels", "roi_all_counts");
        int[] matched = TRAIN.intsOf(image, "roi_all_matched", "roi_all_counts");
        for (int i = 0; i < labels.length; i++) {
          assertThat(values.get(1)[i]).isEqualTo(labels[i] > 0 ? 1 : 0);
          assertThat(values.get(2)[i]).isEqualTo(labels[i] > 0 ? 0 : 1);
          if (labels[i] > 0) {
            assertThat((int) values.get(0)[i]).isEqualTo(matched[i]);
          }
        }
      }
    }
  }

  private static double[] ints(int image, String name, String counts) {
    return IntStream.of(TRAIN.intsOf(image, name, counts)).asDoubleStream().toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void withoutObjectsEverythingIsBackground(int padding) {
    try (SmallGraph graph = new SmallGraph()) {
      Candidates<TFloat64> candidates =
          new Candidates<>(
              graph.as(TFloat64.class, graph.boxes(TRAIN.boxes("rois"))),
              graph.all(64),
              graph.as(TFloat64.class, graph.floats(new float[4 * padding], padding, 4)),
              graph.tf.constant(new int[padding]),
              graph.tf.constant(new boolean[padding]));
      Sample<TFloat64> sample =
          sampler(SAMPLES, Background.LAST, new Sampling.Random(1))
              .sample(graph.tf, candidates, graph.tf.constant(3L), 0);
      List<double[]> values =
          graph.values(
              sample.labels(),
              sample.weights(),
              sample.positive(),
              sample.deltas(),
              sample.masks().weights(),
              sample.masks().labels(),
              sample.masks().regions());
      assertThat(values.get(0)).hasSize(SAMPLES).containsOnly(5);
      assertThat(values.get(1)).containsOnly(1);
      assertThat(values.get(2)).containsOnly(0);
      assertThat(values.get(3)).containsOnly(0);
      assertThat(values.get(4)).hasSize(MOST_POSITIVES).containsOnly(0);
      assertThat(values.get(5)).containsOnly(0);
      assertThat(Arrays.copyOf(values.get(6), 4)).containsExactly(0, 0, 1, 1);
    }
  }

  @Test
  void fewCandidatesAreFilledUp() {
    Boxes proposals = new Boxes(new float[] {0, 0, 10, 10, 40, 40, 50, 50, 30, 30, 30, 35});
    Boxes objects = new Boxes(new float[] {0, 0, 10, 9, 70, 70, 71, 71});
    try (SmallGraph graph = new SmallGraph()) {
      Candidates<TFloat32> candidates =
          candidates(graph, TFloat32.class, proposals, objects, new int[] {3, 1});
      Sample<TFloat32> sample =
          sampler(SAMPLES, Background.LAST, new Sampling.First())
              .sample(graph.tf, candidates, graph.tf.constant(0L), 0);
      assertThat(sample.regions().shape()).isEqualTo(Shape.of(SAMPLES, 4));
      assertThat(sample.masks().regions().shape()).isEqualTo(Shape.of(MOST_POSITIVES, 4));
      List<double[]> values =
          graph.values(
              sample.labels(),
              sample.weights(),
              sample.matched(),
              sample.masks().labels(),
              sample.masks().matched(),
              sample.masks().weights(),
              sample.deltas());
      assertThat(values.get(0)).startsWith(3, 5, 5, 3, 1, 5, 5);
      assertThat(Arrays.stream(values.get(1)).sum()).isEqualTo(5);
      assertThat(values.get(1)).startsWith(1, 1, 1, 1, 1, 0);
      assertThat(values.get(2)).startsWith(0, 0, 0, 0, 1, 0);
      assertThat(values.get(3)).containsExactly(3, 3, 1, 0, 0, 0, 0, 0);
      assertThat(values.get(4)).containsExactly(0, 0, 1, 0, 0, 0, 0, 0);
      assertThat(values.get(5)).containsExactly(1, 1, 1, 0, 0, 0, 0, 0);
      assertThat(values.get(6)).doesNotContain(Double.NaN);
      assertClose(
          Arrays.copyOf(values.get(6), 4), new double[] {0, -0.5, 0, 5 * Math.log(0.9)}, OPS);
    }
  }

  @Test
  void paddingAmongTheProposalsIsNotSampled() {
    Boxes proposals = new Boxes(new float[] {0, 0, 10, 10, 0, 0, 1, 1});
    try (SmallGraph graph = new SmallGraph()) {
      Candidates<TFloat32> candidates =
          new Candidates<>(
              graph.boxes(proposals),
              graph.tf.constant(new boolean[] {true, false}),
              graph.boxes(new Boxes(new float[] {0, 0, 1, 1})),
              graph.tf.constant(new int[] {0}),
              graph.all(1));
      Sample<TFloat32> sample =
          sampler(4, Background.FIRST, new Sampling.First())
              .sample(graph.tf, candidates, graph.tf.constant(0L), 0);
      assertThat(graph.value(sample.rows())).startsWith(0, 2);
      assertThat(graph.value(sample.weights())).containsExactly(1, 1, 0, 0);
      assertThat(graph.value(sample.labels())).containsExactly(0, 1, 0, 0);
    }
  }

  @Test
  void aRandomSampleDependsOnSeedStepAndImage() {
    Boxes proposals = new Boxes(TRAIN.floatsOf(1, "proposals", "proposal_counts"));
    Boxes objects = TRAIN.boxes("in1/boxes_resized");
    try (SmallGraph graph = new SmallGraph()) {
      Candidates<TFloat32> candidates =
          candidates(graph, TFloat32.class, proposals, objects, categories(1));
      List<double[]> rows =
          graph.values(
              rows(graph, candidates, 1, 4, 0),
              rows(graph, candidates, 1, 4, 0),
              rows(graph, candidates, 2, 4, 0),
              rows(graph, candidates, 1, 5, 0),
              rows(graph, candidates, 1, 4, 1));
      assertThat(rows.get(1)).containsExactly(rows.get(0));
      for (double[] other : rows.subList(2, 5)) {
        assertThat(other).isNotEqualTo(rows.get(0));
      }
      int[] labels = TRAIN.intsOf(1, "roi_all_labels", "roi_all_counts");
      for (double[] chosen : rows) {
        assertThat(chosen).hasSize(SAMPLES).isSorted().doesNotHaveDuplicates();
        assertThat(Arrays.stream(chosen).filter(row -> labels[(int) row] > 0).count())
            .isEqualTo(MOST_POSITIVES);
      }
    }
  }

  private static Operand<?> rows(
      SmallGraph graph, Candidates<TFloat32> candidates, long seed, long step, int image) {
    return sampler(SAMPLES, Background.FIRST, new Sampling.Random(seed))
        .sample(graph.tf, candidates, graph.tf.constant(step), image)
        .rows();
  }

  @Test
  void manyObjectsLeaveRoomForTheBackground() {
    float[] objects = new float[4 * 120];
    int[] categories = new int[120];
    for (int i = 0; i < 120; i++) {
      objects[4 * i] = 10 * i;
      objects[4 * i + 2] = 10 * i + 9;
      objects[4 * i + 3] = 9;
      categories[i] = i % 5;
    }
    float[] background = new float[4 * 40];
    for (int i = 0; i < 40; i++) {
      background[4 * i + 1] = 50;
      background[4 * i + 2] = 9;
      background[4 * i + 3] = 60;
    }
    Boxes proposals = new Boxes(background);
    try (SmallGraph graph = new SmallGraph()) {
      Sample<TFloat32> sample =
          first()
              .sample(
                  graph.tf,
                  candidates(graph, TFloat32.class, proposals, new Boxes(objects), categories),
                  graph.tf.constant(0L),
                  0);
      double[] positive = graph.value(sample.positive());
      assertThat(Arrays.stream(positive).sum()).isEqualTo(MOST_POSITIVES);
      assertThat(Arrays.stream(graph.value(sample.weights())).sum()).isEqualTo(SAMPLES);
    }
  }

  @Test
  void noGradientFlowsThroughASample() {
    Boxes proposals = new Boxes(new float[] {0, 0, 10, 10, 40, 40, 50, 50});
    Boxes objects = new Boxes(new float[] {0, 0, 10, 9, 70, 70, 71, 71});
    try (SmallGraph graph = new SmallGraph()) {
      Candidates<TFloat32> candidates =
          candidates(graph, TFloat32.class, proposals, objects, new int[] {3, 1});
      Sample<TFloat32> sample =
          sampler(2, Background.LAST, new Sampling.First())
              .sample(graph.tf, candidates, graph.tf.constant(0L), 0);
      Operand<TFloat32> regions = graph.tf.math.add(sample.regions(), candidates.proposals());
      Operand<TFloat32> deltas = graph.tf.math.add(sample.deltas(), candidates.objects());
      List<double[]> gradients =
          graph.values(
              graph.gradient(regions, candidates.proposals()),
              graph.gradient(deltas, candidates.objects()));
      assertThat(gradients.get(0)).containsOnly(1);
      assertThat(gradients.get(1)).containsOnly(1);
    }
  }

  @Test
  void backgroundIsFirstOrLast() {
    ClassLabels first = new ClassLabels(5, Background.FIRST);
    ClassLabels last = new ClassLabels(5, Background.LAST);
    assertThat(List.of(first.background(), first.first(), first.boxes(), first.logits()))
        .containsExactly(0, 1, 6, 6);
    assertThat(List.of(last.background(), last.first(), last.boxes(), last.logits()))
        .containsExactly(5, 0, 5, 6);
    assertThatThrownBy(
            () -> new RoiSampler(new SampleSize(8, 0.25), 0, first, CODER, new Sampling.First()))
        .hasMessageContaining("in (0, 1], found 0.0");
    assertThatThrownBy(() -> new ClassLabels(0, Background.LAST))
        .hasMessageContaining("at least one class");
  }
}
