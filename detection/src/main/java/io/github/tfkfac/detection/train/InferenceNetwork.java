package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.BoxOutput;
import io.github.tfkfac.detection.arch.Detector;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.FeaturePyramid;
import io.github.tfkfac.detection.arch.RpnOutput;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A detector's inference pass, up to outputs of the box head for every proposal; and, apart, the
 * masks of boxes that are chosen from that, for which a run feeds the feature maps of the first.
 * {@link Predictor} runs both.
 *
 * @param images scaled values, {@code [N, H, W, 3]}
 * @param sizes height and width of each image without padding, {@code [N, 2]}
 * @param pyramid feature maps
 * @param proposals K per image
 * @param boxes outputs of the box head for every proposal, {@code [N·K, ...]}
 * @param masks masks of chosen boxes, if the detector has them
 */
public record InferenceNetwork<T extends TNumber>(
    Placeholder<TFloat32> images,
    Placeholder<TInt32> sizes,
    FeaturePyramid<T> pyramid,
    Proposals<T> proposals,
    BoxOutput<T> boxes,
    Optional<BoxMasks<T>> masks) {

  private static final long ANY = Shape.UNKNOWN_SIZE;

  /**
   * Masks of boxes.
   *
   * @param boxes in pixels of the network's image, {@code [M, 4]}
   * @param images which image each box is on, {@code [M]}
   * @param labels class as the heads number it, {@code [M]}
   * @param probabilities the class's mask, {@code [M, m, m]}
   */
  public record BoxMasks<T extends TNumber>(
      Placeholder<TFloat32> boxes,
      Placeholder<TInt32> images,
      Placeholder<TInt32> labels,
      Operand<T> probabilities) {}

  /**
   * Adds the pass to a graph.
   *
   * @param tf operations at the root of the graph
   * @param store owner of the variables, which the training pass may share
   * @param batchSize images per run
   * @param features how the features of regions are computed
   */
  public static <T extends TNumber> InferenceNetwork<T> build(
      Ops tf,
      ParameterStore<T> store,
      DetectorConfig config,
      int batchSize,
      RegionFeatures features) {
    LayerContext<T> root = LayerContext.inference(tf, store);
    Ops ops = root.tf();
    DetectorParts parts = new DetectorParts(config);
    Detector detector = new Detector(config);
    Placeholder<TFloat32> images =
        TrainingInputs.input(ops, TFloat32.class, batchSize, ANY, ANY, 3);
    Placeholder<TInt32> sizes = TrainingInputs.input(ops, TInt32.class, batchSize, 2);
    Operand<T> cast = ops.dtypes.cast(images, store.type());
    FeaturePyramid<T> pyramid = detector.pyramid(root, cast);
    RpnOutput<T> anchors = detector.proposals(root, pyramid);
    Proposals<T> proposals =
        Proposals.select(ops, parts, config.proposals().inference(), cast, sizes, pyramid, anchors);
    Operand<T> flat = ops.reshape(proposals.boxes(), ops.array(-1, 4));
    BoxOutput<T> boxes =
        detector.boxes(
            root,
            parts
                .boxPooling(features)
                .pool(
                    ops,
                    pyramid.regionLevels(),
                    flat,
                    imagesOf(ops, batchSize, config.proposals().inference().perImage())));
    Optional<BoxMasks<T>> masks =
        config.masks().map(settings -> masks(root, detector, parts, pyramid, features));
    return new InferenceNetwork<>(images, sizes, pyramid, proposals, boxes, masks);
  }

  private static <T extends TNumber> BoxMasks<T> masks(
      LayerContext<T> root,
      Detector detector,
      DetectorParts parts,
      FeaturePyramid<T> pyramid,
      RegionFeatures features) {
    Ops tf = root.tf();
    Placeholder<TFloat32> boxes = TrainingInputs.input(tf, TFloat32.class, ANY, 4);
    Placeholder<TInt32> images = TrainingInputs.input(tf, TInt32.class, ANY);
    Placeholder<TInt32> labels = TrainingInputs.input(tf, TInt32.class, ANY);
    Operand<T> pooled =
        parts
            .maskPooling(features)
            .pool(tf, pyramid.regionLevels(), tf.dtypes.cast(boxes, root.type()), images);
    Operand<T> byClass = tf.linalg.transpose(detector.masks(root, pooled), tf.array(0, 3, 1, 2));
    Operand<T> own = tf.gather(byClass, labels, tf.constant(1), Gather.batchDims(1L));
    return new BoxMasks<>(boxes, images, labels, tf.math.sigmoid(own));
  }

  /** 0 for the first {@code each}, 1 for the next, ... */
  static Operand<TInt32> imagesOf(Ops tf, int images, int each) {
    int[] indices = new int[images * each];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i / each;
    }
    return tf.constant(indices);
  }

  /** Images per run, N. */
  public int batchSize() {
    return Math.toIntExact(images.shape().get(0));
  }

  /** Proposals per image, K. */
  public int proposalsPerImage() {
    return Math.toIntExact(proposals.boxes().shape().get(1));
  }
}
