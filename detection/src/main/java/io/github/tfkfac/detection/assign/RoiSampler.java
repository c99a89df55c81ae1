package io.github.tfkfac.detection.assign;

import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.FixedLength;
import io.github.tfkfac.detection.box.GraphBoxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Samples the training regions of the box and mask heads, as a graph function: a fixed number of
 * regions of an image out of its proposals and its objects' own boxes, at most a share of them with
 * an object, the others background.
 *
 * <p>A region has the object that it overlaps most (the first of equals) if the overlap is at least
 * the threshold.
 *
 * <p><i>Numerics</i>: no gradient flows through the result.
 *
 * <p>Source: Girshick, "Fast R-CNN", 2015, section 2.3; objects as proposals as in torchvision and
 * MMDetection.
 *
 * @param size regions per image, S, of which at most P with an object
 * @param overlap threshold of a match
 * @param labels numbers of the classes
 * @param coder of deltas
 * @param sampling which of too many
 */
public record RoiSampler(
    SampleSize size, double overlap, ClassLabels labels, BoxCoder coder, Sampling sampling) {

  private static final SampleSize SIZE = new SampleSize(512, 0.25);
  private static final double OVERLAP = 0.5;

  public RoiSampler {
    if (!(overlap > 0 && overlap <= 1)) {
      throw new IllegalArgumentException(
          "expected a least overlap of regions and objects in (0, 1], found " + overlap);
    }
  }

  /** 512 regions per image, a quarter of them with an object, overlap 0.5. */
  public static RoiSampler of(DetectorProfile profile, int classes, Sampling sampling) {
    return new RoiSampler(
        SIZE,
        OVERLAP,
        new ClassLabels(classes, profile.background()),
        BoxCoder.forBoxes(profile),
        sampling);
  }

  /**
   * Boxes of one image.
   *
   * @param proposals {@code [K, 4]}
   * @param proposalValid whether a row is a proposal, not padding, {@code [K]}
   * @param objects {@code [G, 4]}
   * @param categories class of each object, from 0, {@code [G]}
   * @param objectValid whether a row is an object, not padding, {@code [G]}
   */
  public record Candidates<T extends TNumber>(
      Operand<T> proposals,
      Operand<TBool> proposalValid,
      Operand<T> objects,
      Operand<TInt32> categories,
      Operand<TBool> objectValid) {}

  /**
   * The regions of one image in the order of the candidates, proposals before objects, then
   * padding.
   *
   * @param rows which candidate, {@code [S]}
   * @param regions {@code [S, 4]}
   * @param labels class as the box head numbers it, background without object, {@code [S]}
   * @param matched object, 0 without, {@code [S]}
   * @param weights 1, for padding 0, {@code [S]}
   * @param positive 1 with an object, else 0, {@code [S]}
   * @param deltas of the object relative to the region, 0 without object, {@code [S, 4]}
   * @param masks the regions with an object
   */
  public record Sample<T extends TNumber>(
      Operand<TInt32> rows,
      Operand<T> regions,
      Operand<TInt32> labels,
      Operand<TInt32> matched,
      Operand<T> weights,
      Operand<T> positive,
      Operand<T> deltas,
      Positives<T> masks) {}

  /**
   * The regions of a sample that have an object, then padding.
   *
   * @param regions {@code [P, 4]}
   * @param labels class as the box head numbers it, for padding that of the first class, {@code
   *     [P]}
   * @param matched object, for padding 0, {@code [P]}
   * @param weights 1, for padding 0, {@code [P]}
   */
  public record Positives<T extends TNumber>(
      Operand<T> regions, Operand<TInt32> labels, Operand<TInt32> matched, Operand<T> weights) {}

  /**
   * The sample of one image.
   *
   * @param step of the training, {@code []}
   * @param image index in the batch
   */
  public <T extends TNumber> Sample<T> sample(
      Ops tf, Candidates<T> candidates, Operand<TInt64> step, int image) {
    Operand<T> boxes =
        tf.stopGradient(
            tf.concat(List.of(candidates.proposals, candidates.objects), tf.constant(0)));
    Operand<TBool> valid =
        tf.concat(List.of(candidates.proposalValid, candidates.objectValid), tf.constant(0));
    RoiMatches<T> matches = RoiMatches.of(tf, candidates, boxes, valid, overlap);
    Operand<TFloat32> chosen = chosen(tf, matches, step, image);

    Operand<TInt32> picked = ascending(tf, chosen, size.perImage());
    Operand<TInt32> count = tf.dtypes.cast(tf.sum(chosen, tf.constant(0)), TInt32.class);
    Operand<TBool> real = FixedLength.first(tf, count, size.perImage());
    Operand<TInt32> rows = FixedLength.pad(tf, picked, size.perImage(), tf.constant(0));
    Operand<TBool> positive =
        tf.math.logicalAnd(real, tf.gather(matches.positive(), rows, tf.constant(0)));
    Operand<TInt32> matched =
        orElse(tf, positive, tf.gather(matches.object(), rows, tf.constant(0)), 0);
    Operand<T> regions = orFiller(tf, real, tf.gather(boxes, rows, tf.constant(0)));
    Operand<TInt32> categories = RoiMatches.withFiller(tf, candidates.categories, tf.constant(0));
    Operand<TInt32> categoryLabels =
        tf.math.add(tf.gather(categories, matched, tf.constant(0)), tf.constant(labels.first()));
    Operand<TInt32> sampleLabels = orElse(tf, positive, categoryLabels, labels.background());
    Operand<T> objects =
        orFiller(tf, positive, tf.gather(matches.objects(), matched, tf.constant(0)));
    Operand<T> references = orFiller(tf, positive, regions);
    Class<T> type = boxes.type();
    return new Sample<>(
        rows,
        regions,
        sampleLabels,
        matched,
        tf.dtypes.cast(real, type),
        tf.dtypes.cast(positive, type),
        coder.encode(tf, references, objects),
        positives(tf, positive, regions, sampleLabels, matched));
  }

  /** 1 where a candidate is in the sample, else 0. */
  private <T extends TNumber> Operand<TFloat32> chosen(
      Ops tf, RoiMatches<T> matches, Operand<TInt64> step, int image) {
    Operand<TInt32> count = FixedLength.count(tf, matches.object());
    Operand<TFloat32> keys = sampling.keys(tf, count, "regions of image " + image, step);
    Operand<TFloat32> positives =
        subset(
            tf, matches.positive(), keys, size.mostPositives(), tf.constant(size.mostPositives()));
    Operand<TInt32> free =
        tf.math.sub(
            tf.constant(size.perImage()),
            tf.dtypes.cast(tf.sum(positives, tf.constant(0)), TInt32.class));
    return tf.math.add(positives, subset(tf, matches.negative(), keys, size.perImage(), free));
  }

  /** 1 for the candidates of largest key, at most {@code limit}, which is at most {@code most}. */
  private static Operand<TFloat32> subset(
      Ops tf, Operand<TBool> candidate, Operand<TFloat32> keys, int most, Operand<TInt32> limit) {
    Operand<TFloat32> never = tf.constant(Float.NEGATIVE_INFINITY);
    Operand<TInt32> largest = FixedLength.largest(tf, tf.select(candidate, keys, never), most);
    Operand<TInt32> ranks =
        tf.range(tf.constant(0), FixedLength.count(tf, largest), tf.constant(1));
    Operand<TBool> taken =
        tf.math.logicalAnd(
            tf.math.less(ranks, limit), tf.gather(candidate, largest, tf.constant(0)));
    return tf.scatterNd(
        tf.expandDims(largest, tf.constant(1)),
        tf.dtypes.cast(taken, TFloat32.class),
        tf.shape(keys));
  }

  /** Indices of the ones in ascending order, then indices of zeros; at most {@code most}. */
  private static Operand<TInt32> ascending(Ops tf, Operand<TFloat32> chosen, int most) {
    // Among equals, TopK returns lower indices first.
    return FixedLength.largest(tf, chosen, most);
  }

  private <T extends TNumber> Positives<T> positives(
      Ops tf,
      Operand<TBool> positive,
      Operand<T> regions,
      Operand<TInt32> sampleLabels,
      Operand<TInt32> matched) {
    Operand<TFloat32> flags = tf.dtypes.cast(positive, TFloat32.class);
    Operand<TInt32> rows =
        tf.reshape(
            ascending(tf, flags, size.mostPositives()),
            tf.constant(new int[] {size.mostPositives()}));
    Operand<TBool> real = tf.gather(positive, rows, tf.constant(0));
    return new Positives<>(
        orFiller(tf, real, tf.gather(regions, rows, tf.constant(0))),
        orElse(tf, real, tf.gather(sampleLabels, rows, tf.constant(0)), labels.first()),
        tf.gather(matched, rows, tf.constant(0)),
        tf.dtypes.cast(real, regions.type()));
  }

  private static Operand<TInt32> orElse(
      Ops tf, Operand<TBool> real, Operand<TInt32> values, int otherwise) {
    return tf.select(real, values, tf.constant(otherwise));
  }

  private static <T extends TNumber> Operand<T> orFiller(
      Ops tf, Operand<TBool> real, Operand<T> boxes) {
    return tf.select(
        tf.expandDims(real, tf.constant(1)), boxes, GraphBoxes.filler(tf, boxes.type()));
  }
}
