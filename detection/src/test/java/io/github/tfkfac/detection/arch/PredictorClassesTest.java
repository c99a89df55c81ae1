package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.detection.profile.DetectorProfile.Background;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictorClassesTest {

  private static final String SCORES = "roi_heads.box_predictor.cls_score.";
  private static final String DELTAS = "roi_heads.box_predictor.bbox_pred.";
  private static final String MASKS = "roi_heads.mask_predictor.mask_fcn_logits.";

  /** A file with the background and four classes; every value tells its output. */
  private static final PyTorchWeights FILE =
      new PyTorchWeights(
          "detector.npz",
          Map.of(
              SCORES + "weight",
              array(2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4),
              SCORES + "bias",
              array(0, 0, 1, 2, 3, 4),
              DELTAS + "bias",
              array(
                  0, 0, 0.1f, 0.2f, 0.3f, 1, 1.1f, 1.2f, 1.3f, 2, 2.1f, 2.2f, 2.3f, 3, 3.1f, 3.2f,
                  3.3f, 4, 4.1f, 4.2f, 4.3f),
              MASKS + "bias",
              array(0, 0, 1, 2, 3, 4),
              "roi_heads.box_head.fc6.bias",
              array(0, 7)));

  /** Of this many columns, 0 for none. */
  private static NpyArray array(int columns, float... values) {
    return NpyArray.of(
        columns == 0 ? List.of(values.length) : List.of(values.length / columns, columns), values);
  }

  private static float[] values(PyTorchWeights weights, String name) {
    NpyArray array = weights.arrays().get(name);
    assertThat(array).as(name).isNotNull();
    return array.asFloat32();
  }

  @Test
  void classesAreChosenWithTheirBackgroundFirst() {
    PyTorchWeights chosen =
        PredictorClasses.choose(FILE, List.of(4, 2), new ClassLabels(2, Background.FIRST));
    assertThat(values(chosen, SCORES + "bias")).containsExactly(0, 4, 2);
    assertThat(values(chosen, SCORES + "weight")).containsExactly(0, 0, 4, 4, 2, 2);
    assertThat(values(chosen, DELTAS + "bias"))
        .containsExactly(0, 0.1f, 0.2f, 0.3f, 4, 4.1f, 4.2f, 4.3f, 2, 2.1f, 2.2f, 2.3f);
    assertThat(values(chosen, MASKS + "bias")).containsExactly(0, 4, 2);
    assertThat(values(chosen, "roi_heads.box_head.fc6.bias")).containsExactly(7);
  }

  @Test
  void aBackgroundAtTheEndHasNoBoxAndNoMask() {
    PyTorchWeights chosen =
        PredictorClasses.choose(FILE, List.of(1, 3), new ClassLabels(2, Background.LAST));
    assertThat(values(chosen, SCORES + "bias")).containsExactly(1, 3, 0);
    assertThat(values(chosen, DELTAS + "bias"))
        .containsExactly(1, 1.1f, 1.2f, 1.3f, 3, 3.1f, 3.2f, 3.3f);
    assertThat(values(chosen, MASKS + "bias")).containsExactly(1, 3);
  }

  @Test
  void outputsThatAreNotThereAreRejected() {
    ClassLabels labels = new ClassLabels(2, Background.FIRST);
    assertThat(PredictorClasses.outputs(FILE)).contains(5);
    for (List<Integer> wrong : List.of(List.of(1), List.of(0, 1), List.of(1, 5))) {
      assertThatThrownBy(() -> PredictorClasses.choose(FILE, wrong, labels))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 2 outputs between 1 and 4 of detector.npz, found");
    }
  }

  @Test
  void theLastLayersCanBeLeftOut() {
    assertThat(PredictorClasses.leaveOut(FILE).arrays())
        .containsOnlyKeys("roi_heads.box_head.fc6.bias");
    assertThat(PredictorClasses.outputs(PredictorClasses.leaveOut(FILE))).isEmpty();
  }
}
