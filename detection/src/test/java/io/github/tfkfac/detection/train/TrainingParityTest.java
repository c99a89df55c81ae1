package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.detection.arch.ClosedFormWeights;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.Reference;
import io.github.tfkfac.detection.arch.ReferenceDetector;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.train.Feeds;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A training step from images to gradients, compared with torchvision's. */
class TrainingParityTest {

  private static final double LOSS = 1e-4;
  private static final double GRADIENT = 2e-3;
  private static final double NORM = 1e-3;
  private static final double PIXELS = 2e-3;

  private static final List<String> LOSSES =
      List.of(
          "loss_objectness", "loss_rpn_box_reg", "loss_classifier", "loss_box_reg", "loss_mask");
  private static final Reference TRAIN = Reference.read("forward_train.npz");
  private static final Reference GRADIENTS = Reference.read("gradients.npz");

  private static TrainingUnderTest<TFloat32> training;
  private static Placeholder<TFloat32> lossWeights;

  /** Gradients of the weighted sum of the losses, and their parameters' names in PyTorch. */
  private static final Map<String, Operand<?>> gradients = new LinkedHashMap<>();

  /** Where PyTorch has the entries of a parameter. */
  private static final Map<String, double[]> places = new LinkedHashMap<>();

  private static Feeds feeds;

  @BeforeAll
  static void build() {
    training = TrainingUnderTest.float32(ReferenceDetector.config(), 2);
    var tf = training.tf;
    lossWeights = TrainingInputs.input(tf, TFloat32.class, LOSSES.size());
    Operand<TFloat32> weighted =
        tf.reduceSum(
            tf.math.mul(tf.stack(training.network.losses().terms()), lossWeights), tf.constant(0));
    List<GradAndVar<?>> pairs =
        new FirstOrder(training.graph, TrainingOptions.sgdm(0.1, 0)).computeGradients(weighted);
    pairs.forEach(
        pair -> gradients.put(torchName(pair.getVariable().op().name()), pair.getGradient()));
    training.start();
    PyTorchWeights weights = ClosedFormWeights.of("params_r18.csv");
    indices(weights).assignTo(training.store, training.session());
    List<Parameter<TFloat32>> trained = training.store.trainables();
    List<double[]> found =
        TrainingUnderTest.fetch(
            training.session().runner(), trained.stream().map(Parameter::variable).toList());
    for (int i = 0; i < found.size(); i++) {
      places.put(torchName(trained.get(i).name()), found.get(i));
    }
    weights.assignTo(training.store, training.session());
    feeds = training.feeds(ReferenceBatch.both());
  }

  @AfterAll
  static void close() {
    feeds.close();
    training.close();
  }

  private static String torchName(String name) {
    return name.replace('/', '.').replaceAll("\\.kernel$", ".weight");
  }

  /** Every entry's value is its index in PyTorch. */
  private static PyTorchWeights indices(PyTorchWeights weights) {
    Map<String, NpyArray> indices = new LinkedHashMap<>();
    weights
        .arrays()
        .forEach(
            (name, array) -> {
              float[] values = new float[array.size()];
              for (int i = 0; i < values.length; i++) {
                values[i] = i;
              }
              indices.put(name, NpyArray.of(array.shape(), values));
            });
    return new PyTorchWeights("indices", indices);
  }

  @Test
  void theRegionsAreTheReferences() {
    Regions<TFloat32> regions = training.network.regions();
    List<double[]> found =
        training.fetch(
            feeds,
            List.of(
                training.network.proposals().boxes(),
                regions.boxes(),
                regions.labels(),
                regions.deltas(),
                regions.positives().boxes(),
                regions.positives().labels(),
                regions.positives().weights()));
    close(found.get(0), TRAIN.values("proposals"), "proposals");
    close(found.get(1), TRAIN.values("rois"), "rois");
    assertThat(found.get(2)).isEqualTo(TRAIN.values("roi_labels"));
    close(found.get(3), positiveTargets(), "roi_targets");
    close(found.get(4), TRAIN.values("mask_rois"), "mask_rois");
    assertThat(found.get(5)).isEqualTo(TRAIN.values("mask_labels"));
    assertThat(found.get(6)).containsOnly(1);
  }

  /** The reference's targets of regions without object are those of object 0, and not used. */
  private static double[] positiveTargets() {
    double[] targets = TRAIN.values("roi_targets");
    double[] labels = TRAIN.values("roi_labels");
    for (int i = 0; i < targets.length; i++) {
      targets[i] = labels[i / 4] == 0 ? 0 : targets[i];
    }
    return targets;
  }

  @Test
  void theMaskTargetsAreTheReferences() {
    double[] found =
        training.fetch(feeds, List.of(training.network.maskTargets().orElseThrow())).get(0);
    close(found, TRAIN.values("mask_targets"), "mask_targets");
  }

  @Test
  void theLossesAreTheReferences() {
    List<double[]> found = training.fetch(feeds, training.network.losses().terms());
    for (int i = 0; i < LOSSES.size(); i++) {
      double expected = TRAIN.values("loss/" + LOSSES.get(i))[0];
      assertThat(found.get(i)[0]).as(LOSSES.get(i)).isCloseTo(expected, within(LOSS * expected));
    }
    double total = training.fetch(feeds, List.of(training.network.total())).get(0)[0];
    double expected = TRAIN.values("loss/total")[0];
    assertThat(total).isCloseTo(expected, within(LOSS * expected));
  }

  @Test
  void theLossesWithRegionsMovedByHalfAPixelAreTheReferences() {
    DetectorConfig config = ReferenceDetector.config();
    DetectorProfile p = config.profile();
    DetectorProfile aligned =
        new DetectorProfile(
            p.anchorRounding(),
            p.anchorStep(),
            p.lowQualityMatch(),
            p.proposalLoss(),
            p.boxLoss(),
            RoiAlignment.HALF_PIXEL,
            p.background(),
            p.deltaClamp(),
            p.normalization(),
            p.maskTarget(),
            p.maskPaste(),
            p.resize(),
            p.smallestProposal(),
            p.smallestDetection(),
            DetectorProfile.USUAL_EPSILON);
    try (TrainingUnderTest<TFloat32> other =
            TrainingUnderTest.float32(config.withProfile(aligned), 2);
        Feeds fed = other.feeds(ReferenceBatch.both())) {
      other.start();
      ClosedFormWeights.of("params_r18.csv").assignTo(other.store, other.session());
      List<double[]> found = other.fetch(fed, other.network.losses().terms());
      for (int i = 0; i < LOSSES.size(); i++) {
        double expected = TRAIN.values("aligned/loss/" + LOSSES.get(i))[0];
        assertThat(found.get(i)[0]).as(LOSSES.get(i)).isCloseTo(expected, within(LOSS * expected));
      }
    }
  }

  @Test
  void theGradientsNormsOfEveryLossAreTheReferences() {
    for (int loss = 0; loss <= LOSSES.size(); loss++) {
      List<double[]> found = gradientsOf(loss);
      int at = 0;
      double square = 0;
      for (String name : gradients.keySet()) {
        double norm = norm(found.get(at++));
        double[] expected = GRADIENTS.values("norm/" + name);
        square += norm * norm;
        // Where a loss hardly reaches a layer, rounding of the others' size is all there is.
        assertThat(norm)
            .as("loss %d, %s", loss, name)
            .isCloseTo(expected[loss], within(NORM * expected[loss] + 1e-6 * expected[5]));
      }
      assertThat(at).isEqualTo(62);
      double expected = GRADIENTS.values("norm_all")[loss];
      assertThat(Math.sqrt(square)).isCloseTo(expected, within(NORM * expected));
    }
  }

  @Test
  void theGradientsAreTheReferences() {
    List<double[]> found = gradientsOf(LOSSES.size());
    List<String> names = new ArrayList<>(gradients.keySet());
    int compared = 0;
    for (int i = 0; i < names.size(); i++) {
      String key = "grad/" + names.get(i);
      boolean whole = GRADIENTS.arrays().containsKey(key);
      if (!whole && !GRADIENTS.arrays().containsKey(key + ".idx")) {
        continue;
      }
      double[] inTorch = new double[found.get(i).length];
      double[] order = places.get(names.get(i));
      for (int j = 0; j < inTorch.length; j++) {
        inTorch[(int) order[j]] = found.get(i)[j];
      }
      double[] expected = GRADIENTS.values(whole ? key : key + ".val");
      double[] actual =
          whole
              ? inTorch
              : IntStream.range(0, expected.length)
                  .mapToDouble(k -> inTorch[(int) GRADIENTS.array(key + ".idx").asInt64()[k]])
                  .toArray();
      double[] difference = new double[expected.length];
      for (int j = 0; j < expected.length; j++) {
        difference[j] = actual[j] - expected[j];
      }
      assertThat(norm(difference) / norm(expected)).as(key).isLessThanOrEqualTo(GRADIENT);
      compared++;
    }
    assertThat(compared).isEqualTo(27);
  }

  /** Of one of the losses, or of their sum. */
  private static List<double[]> gradientsOf(int loss) {
    float[] weights = new float[LOSSES.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = loss == LOSSES.size() || loss == i ? 1 : 0;
    }
    try (TFloat32 fed = TFloat32.tensorOf(Shape.of(weights.length), DataBuffers.of(weights))) {
      return TrainingUnderTest.fetch(
          feeds.to(training.session().runner()).feed(lossWeights, fed),
          new ArrayList<>(gradients.values()));
    }
  }

  private static double norm(double[] values) {
    double square = 0;
    for (double value : values) {
      square += value * value;
    }
    return Math.sqrt(square);
  }

  private static void close(double[] actual, double[] expected, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s, entry %d", what, i).isCloseTo(expected[i], within(PIXELS));
    }
  }
}
