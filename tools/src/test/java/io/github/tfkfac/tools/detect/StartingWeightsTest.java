package io.github.tfkfac.tools.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.data.CategoryIndex;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/** Weights of others in a small Faster R-CNN for three classes. */
class StartingWeightsTest {

  private static final int CLASSES = 3;
  private static final float VALUE = 0.25f;
  private static final String BODY = "backbone.body.";
  private static final CategoryIndex CATEGORIES =
      new CategoryIndex(
          LongStream.of(2, 5, 9).mapToObj(id -> new CocoCategory(id, "c" + id)).toList());

  private static Graph graph;
  private static DetectorTraining training;
  private static Session session;

  private final List<String> remarks = new ArrayList<>();

  @BeforeAll
  static void build() {
    DetectionSettings settings =
        DetectionSettings.of(Map.of("optimizer", "sgdm", "batch", "1", "short-side", "64"));
    DetectorConfig config = settings.config(CLASSES);
    graph = new Graph();
    training = DetectorTraining.build(graph, config, 1, 1, settings.optimizers(config));
    session = new Session(graph);
  }

  @AfterAll
  static void close() {
    session.close();
    graph.close();
  }

  @BeforeEach
  void initialize() {
    session.forceInitialize();
  }

  /** A file in which every value is the same, its last layers for this many outputs. */
  private static PyTorchWeights detector(int outputs) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (Parameter<TFloat32> parameter : training.store().parameters()) {
      String name = torchName(parameter.name());
      List<Integer> shape = torchShape(parameter);
      if (name.contains("cls_score")) {
        shape.set(0, outputs);
      } else if (name.startsWith("roi_heads.box_predictor.bbox_pred")) {
        shape.set(0, 4 * outputs);
      }
      arrays.put(name, filled(shape));
    }
    return new PyTorchWeights("detector.npz", arrays);
  }

  private static NpyArray filled(List<Integer> shape) {
    float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
    Arrays.fill(values, VALUE);
    return NpyArray.of(shape, values);
  }

  private static String torchName(String name) {
    return name.replace('/', '.')
        .replaceFirst("kernel$|gamma$", "weight")
        .replaceFirst("beta$", "bias")
        .replaceFirst("moving_mean$", "running_mean")
        .replaceFirst("moving_variance$", "running_var");
  }

  /** Sizes with the outputs first. */
  private static List<Integer> torchShape(Parameter<TFloat32> parameter) {
    long[] sizes = parameter.shape().asArray();
    List<Integer> shape = new ArrayList<>();
    for (int i = sizes.length - 1; i >= Math.max(0, sizes.length - 2); i--) {
      shape.add((int) sizes[i]);
    }
    for (int i = 0; i < sizes.length - 2; i++) {
      shape.add((int) sizes[i]);
    }
    return shape;
  }

  private void assign(PyTorchWeights file) {
    new StartingWeights(file).assign(training, CATEGORIES, session, remarks::add);
  }

  private static boolean isSet(String name) {
    Parameter<TFloat32> parameter =
        training.store().parameters().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow();
    try (Result result = session.runner().fetch(parameter.variable()).run()) {
      FloatDataBuffer found = DataBuffers.ofFloats(parameter.shape().size());
      ((TFloat32) result.get(0)).copyTo(found);
      return LongStream.range(0, found.size()).allMatch(i -> found.getFloat(i) == VALUE);
    }
  }

  @Test
  void aDetectorOfAsManyClassesIsTakenWhole() {
    assign(detector(CLASSES + 1));
    assertThat(remarks).isEmpty();
    assertThat(training.store().parameters()).allMatch(parameter -> isSet(parameter.name()));
  }

  @Test
  void theLastLayersOfADetectorOfOtherClassesAreLeftOut() {
    assign(detector(CLASSES + 8));
    assertThat(remarks).hasSize(1);
    assertThat(remarks.get(0))
        .contains("detector.npz has no weights for 4 variables", "roi_heads/box_predictor/");
    assertThat(isSet("roi_heads/box_head/fc6/kernel")).isTrue();
    assertThat(isSet("roi_heads/box_predictor/cls_score/kernel")).isFalse();
  }

  @Test
  void aDetectorsMasksAreLeftOutWhereNoneAreLearned() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(detector(CLASSES + 1).arrays());
    arrays.put("roi_heads.mask_head.0.0.bias", filled(List.of(2)));
    assign(new PyTorchWeights("mask.npz", arrays));
    assertThat(remarks).isEmpty();
  }

  @Test
  void aClassifierIsForTheBackbone() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    detector(CLASSES + 1)
        .where(name -> name.startsWith(BODY))
        .arrays()
        .forEach((name, array) -> arrays.put(name.substring(BODY.length()), array));
    arrays.put("fc.bias", filled(List.of(10)));
    assign(new PyTorchWeights("resnet18.npz", arrays));
    assertThat(isSet("backbone/body/layer1/0/conv1/kernel")).isTrue();
    assertThat(isSet("rpn/head/cls_logits/kernel")).isFalse();
  }

  @Test
  void anotherBackboneIsRejected() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(detector(CLASSES + 1).arrays());
    arrays.put("backbone.body.conv1.weight", filled(List.of(3, 3, 3, 3)));
    assertThatThrownBy(() -> assign(new PyTorchWeights("other.npz", arrays)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backbone.body.conv1.weight")
        .hasMessageContaining("other.npz");
  }
}
