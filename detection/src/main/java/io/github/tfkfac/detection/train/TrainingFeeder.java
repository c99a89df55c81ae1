package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.assign.RpnTargets;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.PreparedImage;
import io.github.tfkfac.detection.proposal.AnchorGenerator.Size;
import io.github.tfkfac.models.train.Feeds;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Turns batches into what a training network is fed, the proposal network's targets included: they
 * depend on anchors and objects alone.
 */
public final class TrainingFeeder {

  private final TrainingInputs inputs;
  private final DetectorParts parts;
  private final RpnTargets targets;

  /**
   * A feeder.
   *
   * @param sampling which of too many anchors are trained on
   */
  public TrainingFeeder(TrainingInputs inputs, DetectorConfig config, Sampling sampling) {
    this.inputs = inputs;
    this.parts = new DetectorParts(config);
    this.targets = parts.anchorTargets(sampling);
  }

  /**
   * Feeds for a batch.
   *
   * @param step training steps done
   * @throws IllegalArgumentException if the batch has not as many images as the network, or no
   *     masks though they are trained
   */
  public Feeds feeds(DetectionBatch batch, long step) {
    return feeds(batch, step, step);
  }

  /**
   * The same for a part of a batch.
   *
   * @param key of the choice of regions, which depends on an image's place in the part
   */
  Feeds feeds(DetectionBatch batch, long step, long key) {
    if (batch.size() != inputs.batchSize()) {
      throw new IllegalArgumentException(
          "expected a batch of "
              + inputs.batchSize()
              + " images, as the network was built for, found "
              + batch.size()
              + "; drop the last batch of an epoch");
    }
    if (inputs.masks().isPresent() && !batch.hasMasks()) {
      throw new IllegalArgumentException(
          "expected a batch with masks for a network that trains them, found one without; prepare"
              + " it with Masks.BITMAPS");
    }
    Feeds feeds =
        new Feeds()
            .with(inputs.images(), batch.imageTensor())
            .with(inputs.sizes(), batch.imageSizeTensor())
            .with(inputs.boxes(), batch.boxTensor())
            .with(inputs.labels(), batch.labelTensor())
            .with(inputs.counts(), batch.countTensor())
            .with(inputs.step(), TInt64.scalarOf(key));
    inputs.masks().ifPresent(masks -> feeds.with(masks, batch.maskTensor()));
    addTargets(feeds, samples(batch, step));
    return feeds;
  }

  private List<RpnTargets.Sample> samples(DetectionBatch batch, long step) {
    ImageSize padded = batch.paddedSize();
    Boxes anchors =
        parts.anchors().all(parts.featureSizes(padded), new Size(padded.height(), padded.width()));
    return IntStream.range(0, batch.size())
        .parallel()
        .mapToObj(
            n -> {
              PreparedImage source = batch.sources().get(n);
              return targets.sample(
                  anchors,
                  parts.usableAnchors(padded, source.size()),
                  Boxes.of(batch.boxes(n)),
                  step,
                  source.image().id());
            })
        .toList();
  }

  private void addTargets(Feeds feeds, List<RpnTargets.Sample> samples) {
    int count = targets.size().perImage();
    int[] anchors = new int[samples.size() * count];
    float[] labels = new float[anchors.length];
    float[] weights = new float[anchors.length];
    float[] deltas = new float[4 * anchors.length];
    for (int n = 0; n < samples.size(); n++) {
      RpnTargets.Sample sample = samples.get(n);
      System.arraycopy(sample.anchors(), 0, anchors, n * count, count);
      System.arraycopy(sample.labels(), 0, labels, n * count, count);
      System.arraycopy(sample.weights(), 0, weights, n * count, count);
      System.arraycopy(sample.deltas(), 0, deltas, 4 * n * count, 4 * count);
    }
    Shape shape = Shape.of(samples.size(), count);
    feeds
        .with(inputs.anchors(), TInt32.tensorOf(shape, DataBuffers.of(anchors, true, false)))
        .with(inputs.anchorLabels(), TFloat32.tensorOf(shape, DataBuffers.of(labels)))
        .with(inputs.anchorWeights(), TFloat32.tensorOf(shape, DataBuffers.of(weights)))
        .with(inputs.anchorDeltas(), TFloat32.tensorOf(shape.append(4), DataBuffers.of(deltas)));
  }
}
