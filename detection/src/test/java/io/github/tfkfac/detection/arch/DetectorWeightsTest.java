package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import io.github.tfkfac.models.weights.PartialImport;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectorWeightsTest {

  private static PyTorchWeights named(String... names) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (String name : names) {
      arrays.put(name, NpyArray.of(List.of(1), new float[] {1}));
    }
    return new PyTorchWeights("weights.npz", arrays);
  }

  @Test
  void publishedNamesBecomeCurrentOnes() {
    PyTorchWeights published =
        named(
            "backbone.body.conv1.weight",
            "backbone.fpn.inner_blocks.3.bias",
            "backbone.fpn.layer_blocks.0.weight",
            "backbone.fpn.layer_blocks.1.0.weight",
            "rpn.head.conv.weight",
            "rpn.head.cls_logits.bias",
            "roi_heads.mask_head.mask_fcn1.weight",
            "roi_heads.mask_head.mask_fcn4.bias",
            "roi_heads.mask_predictor.conv5_mask.weight");
    assertThat(DetectorWeights.ofDetector(published).arrays())
        .containsOnlyKeys(
            "backbone.body.conv1.weight",
            "backbone.fpn.inner_blocks.3.0.bias",
            "backbone.fpn.layer_blocks.0.0.weight",
            "backbone.fpn.layer_blocks.1.0.weight",
            "rpn.head.conv.0.0.weight",
            "rpn.head.cls_logits.bias",
            "roi_heads.mask_head.0.0.weight",
            "roi_heads.mask_head.3.0.bias",
            "roi_heads.mask_predictor.conv5_mask.weight");
  }

  /** The tiny detector's weights under a classifier's names. */
  private static PyTorchWeights classifier(DetectorGraph graph) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    graph.store.parameters().stream()
        .filter(parameter -> parameter.name().startsWith("backbone/body/"))
        .filter(parameter -> parameter.shape().numDimensions() == 1)
        .forEach(
            parameter -> {
              int size = (int) parameter.shape().size();
              float[] values = new float[size];
              Arrays.fill(values, 0.25f);
              String name = parameter.name().substring("backbone/body/".length());
              arrays.put(
                  name.replace('/', '.')
                      .replace("gamma", "weight")
                      .replace("beta", "bias")
                      .replace("moving_mean", "running_mean")
                      .replace("moving_variance", "running_var"),
                  NpyArray.of(List.of(size), values));
            });
    arrays.put("fc.weight", NpyArray.of(List.of(1, 1), new float[1]));
    return new PyTorchWeights("resnet.npz", arrays);
  }

  @Test
  void aClassifiersWeightsGoToTheBackbone() {
    try (DetectorGraph graph = new DetectorGraph()) {
      TinyDetector.outputs(graph);
      PyTorchWeights normalizations = DetectorWeights.ofBackbone(classifier(graph));
      PartialImport report = normalizations.assignMatchingTo(graph.store, graph.session());
      assertThat(report.unused()).isEmpty();
      assertThat(report.imported())
          .hasSize(normalizations.arrays().size())
          .allMatch(name -> name.startsWith("backbone/body/"));
      List<double[]> values = graph.parameterValues();
      for (int i = 0; i < values.size(); i++) {
        if (report.imported().contains(graph.store.parameters().get(i).name())) {
          assertThat(values.get(i)).containsOnly(0.25);
        }
      }

      assertThatThrownBy(
              () -> normalizations.assignTo(graph.store, DetectorWeights.BACKBONE, graph.session()))
          .hasMessageContaining("expected entry 'backbone.body.conv1.weight' in resnet.npz");
    }
  }
}
