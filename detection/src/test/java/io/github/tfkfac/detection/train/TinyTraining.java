package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.AnchorSettings;
import io.github.tfkfac.detection.arch.DetectionSettings;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.MaskSettings;
import io.github.tfkfac.detection.arch.ProposalSettings;
import io.github.tfkfac.detection.arch.RegionSettings;
import io.github.tfkfac.detection.assign.SampleSize;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.data.Bitmap;
import io.github.tfkfac.detection.data.DetectionSample;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.PreparedImage;
import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.layer.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** A Mask R-CNN of some ten thousand parameters, and images of 64 pixels for it. */
final class TinyTraining {

  static final int EXTENT = 64;
  static final int CLASSES = 3;

  private TinyTraining() {}

  static DetectorConfig config() {
    ProposalSettings.Limits limits = new ProposalSettings.Limits(20, 24);
    return DetectorConfig.small(CLASSES)
        .withBackbone(ResNetBody.ofDepth(10).withWidth(16).withNormalizer(new Normalizer.Group(4)))
        .withWidths(16, 24)
        .withAnchors(AnchorSettings.ofSizes(8.0, 16.0, 32.0, 48.0, 64.0))
        .withProposals(
            ProposalSettings.usual()
                .withLimits(limits, limits)
                .withSamples(new SampleSize(16, 0.5)))
        .withRegions(
            RegionSettings.usual().withSamples(new SampleSize(16, 0.25)).withFinestScale(8))
        .withMasks(new MaskSettings(8, 2, 7));
  }

  /** Keeps detections whatever their score. */
  static DetectionSettings anyScore() {
    return new DetectionSettings(0, 0.5, 10);
  }

  /** An image of noise with these objects, whose masks are their boxes. */
  static DetectionSample sample(long id, Box... boxes) {
    ImageSize size = new ImageSize(EXTENT, EXTENT);
    Random random = new Random(id);
    float[] pixels = new float[EXTENT * EXTENT * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    List<Integer> labels = new ArrayList<>();
    List<Bitmap> masks = new ArrayList<>();
    for (Box box : boxes) {
      labels.add(labels.size() % CLASSES);
      masks.add(new Bitmap(size, filled(box)));
    }
    CocoImage image = new CocoImage(id, id + ".png", EXTENT, EXTENT, OptionalInt.empty());
    return new DetectionSample(
        new PreparedImage(image, size, false), pixels, List.of(boxes), labels, masks);
  }

  private static byte[] filled(Box box) {
    byte[] mask = new byte[EXTENT * EXTENT];
    for (int y = 0; y < EXTENT; y++) {
      for (int x = 0; x < EXTENT; x++) {
        boolean inside =
            x + 0.5 > box.x1() && x + 0.5 < box.x2() && y + 0.5 > box.y1() && y + 0.5 < box.y2();
        mask[y * EXTENT + x] = (byte) (inside ? 1 : 0);
      }
    }
    return mask;
  }

  static DetectionSample twoObjects() {
    return sample(1, new Box(6.2, 8.1, 30.7, 41.3), new Box(33.4, 20.2, 60.1, 37.9));
  }

  static DetectionSample threeObjects() {
    return sample(
        2, new Box(2.5, 3.5, 14.2, 19.8), new Box(20.4, 9.7, 52.3, 58.6), new Box(40, 2, 61, 17));
  }
}
