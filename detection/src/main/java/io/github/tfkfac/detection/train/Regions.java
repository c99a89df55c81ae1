package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.assign.RoiSampler;
import io.github.tfkfac.detection.box.FixedLength;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * The sampled regions of a batch, those of the first image first; S per image, P of which may have
 * an object.
 *
 * @param boxes {@code [N·S, 4]}
 * @param images which image a region is of, {@code [N·S]}
 * @param labels class as the box head numbers it, {@code [N·S]}
 * @param weights 1, for padding 0, {@code [N·S]}
 * @param positive 1 with an object, else 0, {@code [N·S]}
 * @param deltas of the object relative to the region, {@code [N·S, 4]}
 * @param positives the regions with an object
 */
public record Regions<T extends TNumber>(
    Operand<T> boxes,
    Operand<TInt32> images,
    Operand<TInt32> labels,
    Operand<T> weights,
    Operand<T> positive,
    Operand<T> deltas,
    Positives<T> positives) {

  /**
   * The regions with an object.
   *
   * @param boxes {@code [N·P, 4]}
   * @param images which image a region is of, {@code [N·P]}
   * @param labels class as the heads number it, {@code [N·P]}
   * @param matched object, counted from the first of the region's image, {@code [N·P]}
   * @param weights 1, for padding 0, {@code [N·P]}
   */
  public record Positives<T extends TNumber>(
      Operand<T> boxes,
      Operand<TInt32> images,
      Operand<TInt32> labels,
      Operand<TInt32> matched,
      Operand<T> weights) {

    /** Whether a region is valid, not padding, {@code [N·P]}. */
    Operand<TBool> real(Ops tf) {
      return isPositive(tf, weights);
    }
  }

  /** Whether a region is valid, not padding, {@code [N·S]}. */
  Operand<TBool> real(Ops tf) {
    return isPositive(tf, weights);
  }

  private static <T extends TNumber> Operand<TBool> isPositive(Ops tf, Operand<T> weights) {
    return tf.math.greater(weights, tf.constant(weights.type(), 0));
  }

  static <T extends TNumber> Regions<T> sample(
      Ops tf, RoiSampler sampler, TrainingInputs inputs, Proposals<T> proposals) {
    Class<T> type = proposals.boxes().type();
    Operand<T> objects = tf.dtypes.cast(inputs.boxes(), type);
    Operand<TInt32> places =
        tf.range(
            tf.constant(0),
            tf.gather(tf.shape(objects), tf.constant(1), tf.constant(0)),
            tf.constant(1));
    List<RoiSampler.Sample<T>> samples = new ArrayList<>();
    for (int image = 0; image < inputs.batchSize(); image++) {
      samples.add(
          sampler.sample(
              tf,
              new RoiSampler.Candidates<>(
                  Proposals.row(tf, proposals.boxes(), image),
                  Proposals.row(tf, proposals.valid(), image),
                  Proposals.row(tf, objects, image),
                  Proposals.row(tf, inputs.labels(), image),
                  tf.math.less(places, Proposals.row(tf, inputs.counts(), image))),
              inputs.step(),
              image));
    }
    Joined<RoiSampler.Sample<T>> all = new Joined<>(tf, samples);
    Joined<RoiSampler.Positives<T>> positives =
        new Joined<>(tf, samples.stream().map(RoiSampler.Sample::masks).toList());
    return new Regions<>(
        all.of(RoiSampler.Sample::regions),
        all.images(sampler.size().perImage()),
        all.of(RoiSampler.Sample::labels),
        all.of(RoiSampler.Sample::weights),
        all.of(RoiSampler.Sample::positive),
        all.of(RoiSampler.Sample::deltas),
        new Positives<>(
            positives.of(RoiSampler.Positives::regions),
            positives.images(sampler.size().mostPositives()),
            positives.of(RoiSampler.Positives::labels),
            positives.of(RoiSampler.Positives::matched),
            positives.of(RoiSampler.Positives::weights)));
  }

  /** Values of all images one after the other. */
  private record Joined<E>(Ops tf, List<E> images) {

    <U extends TType> Operand<U> of(Function<E, Operand<U>> value) {
      return FixedLength.concat(tf, images.stream().map(value).toList());
    }

    Operand<TInt32> images(int each) {
      return InferenceNetwork.imagesOf(tf, images.size(), each);
    }
  }
}
