package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.layer.FixedBatchNorm.Affine;
import io.github.tfkfac.models.layer.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A Mask R-CNN of a few thousand parameters with the usual frozen parts. */
final class TinyDetector {

  private static final int CHANNELS = 8;

  private TinyDetector() {}

  static DetectorConfig config() {
    return DetectorConfig.small(3)
        .withBackbone(
            ResNetBody.ofDepth(10)
                .withWidth(4)
                .withNormalizer(new Normalizer.FixedBatch(Affine.TRAINED))
                .withFrozenParts(2))
        .withWidths(CHANNELS, 16)
        .withMasks(MaskSettings.usual().withChannels(CHANNELS));
  }

  /** Every output of the network for images of 64 pixels and two regions. */
  static List<Operand<TFloat32>> outputs(DetectorGraph graph) {
    Detector detector = new Detector(config());
    FeaturePyramid<TFloat32> pyramid = detector.pyramid(graph.training, graph.images(64));
    RpnOutput<TFloat32> proposals = detector.proposals(graph.training, pyramid);
    BoxOutput<TFloat32> boxes = detector.boxes(graph.training, graph.waves(2, 7, 7, CHANNELS));
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    outputs.add(proposals.allLogits(graph.tf));
    outputs.add(proposals.allDeltas(graph.tf));
    outputs.add(boxes.logits());
    outputs.add(boxes.deltas());
    outputs.add(detector.masks(graph.training, graph.waves(2, 14, 14, CHANNELS)));
    return outputs;
  }
}
