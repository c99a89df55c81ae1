package io.github.tfkfac.detection.assign;

import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import java.util.stream.IntStream;

/**
 * Training targets of the proposal network: for each image a fixed number of anchors, at most a
 * share of them with an object, the others background.
 *
 * <p>Source: Ren et al., "Faster R-CNN", 2015, section 3.1.3.
 *
 * @param matcher of anchors and objects
 * @param coder of deltas
 * @param size anchors per image, K
 * @param sampling which of too many
 */
public record RpnTargets(Matcher matcher, BoxCoder coder, SampleSize size, Sampling sampling) {

  private static final SampleSize SIZE = new SampleSize(256, 0.5);

  /** 256 anchors per image, half of them with an object. */
  public static RpnTargets of(DetectorProfile profile, Sampling sampling) {
    return new RpnTargets(
        Matcher.forProposals(profile), BoxCoder.forProposals(profile), SIZE, sampling);
  }

  /**
   * The anchors that one image trains: first {@code positives} with an object in ascending order,
   * then {@code negatives} without, then padding of index 0 and weight 0.
   *
   * @param anchors indices, {@code [K]}
   * @param labels 1 with an object, else 0, {@code [K]}
   * @param weights 1, for padding 0, {@code [K]}
   * @param deltas of the object relative to the anchor, 0 without object, {@code [K, 4]}
   * @param positives number of anchors with an object
   * @param negatives number without
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Sample(
      int[] anchors,
      float[] labels,
      float[] weights,
      float[] deltas,
      int positives,
      int negatives) {}

  /**
   * The sample of one image.
   *
   * @param anchors of all levels
   * @param usable whether an anchor may be used; see {@code AnchorGenerator.inside}
   * @param objects without crowds; those without area are left out
   * @param step of the training
   * @param image which image this is, in the data set or in the batch
   */
  public Sample sample(Boxes anchors, boolean[] usable, Boxes objects, long step, long image) {
    if (usable.length != anchors.size()) {
      throw new IllegalArgumentException(
          "expected one flag per anchor, found "
              + usable.length
              + " flags of "
              + anchors.size()
              + " anchors; make both for the same feature sizes");
    }
    int[] indices = IntStream.range(0, usable.length).filter(i -> usable[i]).toArray();
    Boxes real =
        objects.at(IntStream.range(0, objects.size()).filter(i -> objects.hasArea(i)).toArray());
    int[] matched = matcher.match(real, anchors.at(indices));
    int[] candidates = IntStream.range(0, indices.length).toArray();
    int[] positives =
        sampling.choose(
            IntStream.of(candidates).filter(i -> matched[i] >= 0).toArray(),
            size.mostPositives(),
            "anchors with objects",
            step,
            image);
    int[] negatives =
        sampling.choose(
            IntStream.of(candidates).filter(i -> matched[i] == Matcher.BACKGROUND).toArray(),
            size.perImage() - positives.length,
            "anchors without objects",
            step,
            image);
    Sample sample =
        new Sample(
            new int[size.perImage()],
            new float[size.perImage()],
            new float[size.perImage()],
            new float[4 * size.perImage()],
            positives.length,
            negatives.length);
    for (int i = 0; i < positives.length; i++) {
      int anchor = indices[positives[i]];
      sample.labels[i] = 1;
      double[] deltas = coder.encode(anchors.get(anchor), real.get(matched[positives[i]]));
      for (int d = 0; d < deltas.length; d++) {
        sample.deltas[4 * i + d] = (float) deltas[d];
      }
    }
    int[] chosen = IntStream.concat(IntStream.of(positives), IntStream.of(negatives)).toArray();
    for (int i = 0; i < chosen.length; i++) {
      sample.anchors[i] = indices[chosen[i]];
      sample.weights[i] = 1;
    }
    return sample;
  }
}
