package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.layer.FixedBatchNorm.Affine;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.models.layer.Parameter.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class DetectorConfigTest {

  /** Weights and biases, and scale and shift of normalizations. */
  private record Counts(long weights, long affine) {}

  private static Counts counts(DetectorConfig config) {
    try (DetectorGraph graph = new DetectorGraph()) {
      Detector detector = new Detector(config);
      int channels = config.pyramidChannels();
      detector.proposals(
          graph.training, detector.pyramid(graph.training, graph.placeholder(-1, -1, -1, 3)));
      detector.boxes(graph.training, graph.placeholder(-1, 7, 7, channels));
      if (config.masks().isPresent()) {
        detector.masks(graph.training, graph.placeholder(-1, 14, 14, channels));
      }
      long[] sizes = new long[2];
      graph.store.parameters().stream()
          .filter(parameter -> parameter.role() != Role.STATISTIC)
          .forEach(
              parameter ->
                  sizes[parameter.name().matches(".*/(gamma|beta)") ? 1 : 0] +=
                      parameter.shape().size());
      return new Counts(sizes[0], sizes[1]);
    }
  }

  /** Torchvision counts the scale and shift of its constant normalizations as no parameters. */
  @ParameterizedTest
  @CsvSource({"50, 41755286, 44401393", "101, 60695190, 63341297"})
  void torchvisionsParameterCounts(int depth, long faster, long mask) {
    DetectorProfile profile = DetectorProfile.torchvision();
    assertThat(counts(DetectorConfig.fasterRcnn(depth).withProfile(profile).withClasses(90)))
        .extracting(Counts::weights)
        .isEqualTo(faster);
    assertThat(counts(DetectorConfig.maskRcnn(depth).withProfile(profile).withClasses(90)))
        .extracting(Counts::weights)
        .isEqualTo(mask);
  }

  @Test
  void mmdetectionsHeadsHaveNoBoxesAndMasksOfTheBackground() {
    long missingLogits = 91 - 81;
    long missingRegions = 91 - 80;
    Counts counts = counts(DetectorConfig.maskRcnn(50));
    assertThat(counts.weights())
        .isEqualTo(44401393 - 1025 * (missingLogits + 4 * missingRegions) - 257 * missingRegions);
    assertThat(counts.affine()).isEqualTo(53120);
  }

  @Test
  void theBackgroundIsFirstOrLast() {
    DetectorConfig last = DetectorConfig.small(3);
    assertThat(last.labels().logits()).isEqualTo(4);
    assertThat(last.labels().boxes()).isEqualTo(3);
    assertThat(last.labels().background()).isEqualTo(3);
    assertThat(last.labels().first()).isZero();
    DetectorConfig first = last.withProfile(DetectorProfile.torchvision());
    assertThat(first.labels().logits()).isEqualTo(4);
    assertThat(first.labels().boxes()).isEqualTo(4);
    assertThat(first.labels().background()).isZero();
    assertThat(first.labels().first()).isEqualTo(1);
  }

  @Test
  void theProfileDecidesWhatTrainsInFixedNormalizations() {
    DetectorConfig published = DetectorConfig.fasterRcnn(50);
    assertThat(published.backbone().normalizer())
        .isEqualTo(new Normalizer.FixedBatch(Affine.TRAINED));
    DetectorConfig other = published.withProfile(DetectorProfile.torchvision());
    assertThat(other.backbone().normalizer()).isEqualTo(new Normalizer.FixedBatch(Affine.FIXED));
    assertThatThrownBy(() -> published.withBackbone(other.backbone()))
        .hasMessageContaining("TRAINED as in the profile, found FIXED");
  }

  @Test
  void theProfileHasTheEpsilonOfFixedNormalizations() {
    DetectorProfile usual = DetectorProfile.torchvision();
    DetectorConfig published = DetectorConfig.fasterRcnn(50).withProfile(usual);
    DetectorConfig exact = published.withProfile(usual.withNormalizationEpsilon(0));

    assertThat(published.backbone().normalizer())
        .isEqualTo(new Normalizer.FixedBatch(Affine.FIXED, 1e-5));
    assertThat(exact.backbone().normalizer()).isEqualTo(new Normalizer.FixedBatch(Affine.FIXED, 0));
    assertThatThrownBy(() -> published.withBackbone(exact.backbone()))
        .hasMessageContaining("epsilon 1.0E-5, found 0.0");
    assertThatThrownBy(() -> usual.withNormalizationEpsilon(-1e-5))
        .hasMessageContaining("expected an epsilon >= 0");
  }

  @Test
  void stridesAndAnchorsGoWithTheLevels() {
    assertThat(DetectorConfig.maskRcnn(101).strides()).containsExactly(4, 8, 16, 32, 64);
    assertThatThrownBy(
            () -> DetectorConfig.small(3).withAnchors(AnchorSettings.ofSizes(32.0, 64.0)))
        .hasMessageContaining("each of the pyramid's 5 levels, found [32.0, 64.0]");
  }

  @Test
  void impossibleNumbersAreRejected() {
    assertThatThrownBy(() -> DetectorConfig.small(0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> new MaskSettings(8, 4, 0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> new DetectionSettings(0.1, Double.NaN, 3))
        .hasMessageContaining("found NaN");
    ProposalSettings usual = ProposalSettings.usual();
    assertThatThrownBy(
            () ->
                new ProposalSettings(
                    usual.training(), usual.inference(), 0.7, usual.samples(), 0.3, 0.7))
        .hasMessageContaining("found 0.7 and 0.3");
  }

  @Test
  void aDetectorWithoutMasksBuildsNone() {
    try (DetectorGraph graph = new DetectorGraph()) {
      Operand<TFloat32> regions = graph.placeholder(-1, 14, 14, 64);
      Detector detector = new Detector(DetectorConfig.small(3));
      assertThatThrownBy(() -> detector.masks(graph.training, regions))
          .hasMessageContaining("withMasks");
    }
  }

  @Test
  void kernelsStartAsTheRecipeSays() {
    try (DetectorGraph graph = new DetectorGraph()) {
      DetectorConfig config =
          DetectorConfig.small(20)
              .withHeadStart(HeadStart.PUBLISHED)
              .withBackbone(ResNetBody.ofDepth(10).withWidth(4))
              .withMasks(MaskSettings.usual().withChannels(32));
      Detector detector = new Detector(config);
      detector.proposals(graph.training, detector.pyramid(graph.training, graph.images(32)));
      detector.boxes(graph.training, graph.placeholder(-1, 7, 7, 64));
      detector.masks(graph.training, graph.placeholder(-1, 14, 14, 64));
      checkDeviation(graph, "rpn/head/conv/0/0/kernel", 0.01);
      checkDeviation(graph, "rpn/head/bbox_pred/kernel", 0.01);
      checkDeviation(graph, "roi_heads/box_predictor/cls_score/kernel", 0.01);
      checkDeviation(graph, "roi_heads/box_predictor/bbox_pred/kernel", 0.001);
      checkDeviation(graph, "roi_heads/box_head/fc6/kernel", Math.sqrt(2.0 / (3136 + 128)));
      checkDeviation(graph, "backbone/fpn/layer_blocks/1/0/kernel", Math.sqrt(2.0 / (2 * 9 * 64)));
      checkDeviation(graph, "roi_heads/mask_head/1/0/kernel", Math.sqrt(2.0 / (9 * 32)));
      checkDeviation(
          graph, "roi_heads/mask_predictor/conv5_mask/kernel", Math.sqrt(2.0 / (4 * 32)));
    }
  }

  @Test
  void aHeadTrainedFromScratchStartsByItsInputs() {
    try (DetectorGraph graph = new DetectorGraph()) {
      Detector detector = new Detector(DetectorConfig.small(20));
      detector.boxes(graph.training, graph.placeholder(-1, 7, 7, 64));
      checkDeviation(graph, "roi_heads/box_head/fc6/kernel", Math.sqrt(1.0 / (3 * 3136)));
      checkDeviation(graph, "roi_heads/box_predictor/bbox_pred/kernel", Math.sqrt(1.0 / (3 * 128)));
    }
  }

  private static void checkDeviation(DetectorGraph graph, String name, double expected) {
    var variable =
        graph.store.parameters().stream()
            .filter(parameter -> parameter.name().equals(name))
            .findFirst()
            .orElseThrow()
            .variable();
    double[] values = graph.values(List.of(variable)).get(0);
    double square = 0;
    for (double value : values) {
      square += value * value / values.length;
    }
    // Five standard errors of the deviation of a normal sample.
    double allowed = 5 / Math.sqrt(2.0 * values.length);
    assertThat(Math.sqrt(square) / expected).as(name).isBetween(1 - allowed, 1 + allowed);
  }
}
