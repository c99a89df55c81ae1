package io.github.tfkfac.detection.assign;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.assign.RpnTargets.Sample;
import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.testing.Fixture;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RpnTargetsTest {

  private static final Fixture TRAIN = Fixture.train();
  private static final DetectorProfile PROFILE = DetectorProfile.torchvision();
  private static final int SAMPLES = 64;
  private static final Boxes NONE = new Boxes(new float[0]);

  private static RpnTargets targets(DetectorProfile profile, Sampling sampling) {
    return new RpnTargets(
        Matcher.forProposals(profile),
        BoxCoder.forProposals(profile),
        new SampleSize(SAMPLES, 0.5),
        sampling);
  }

  private static boolean[] all(Boxes anchors) {
    boolean[] usable = new boolean[anchors.size()];
    Arrays.fill(usable, true);
    return usable;
  }

  /** A grid of squares. */
  private static Boxes grid(int side) {
    float[] values = new float[4 * side * side];
    for (int i = 0; i < side * side; i++) {
      values[4 * i] = 8 * (i % side);
      values[4 * i + 1] = 8 * (i / side);
      values[4 * i + 2] = values[4 * i] + 16;
      values[4 * i + 3] = values[4 * i + 1] + 16;
    }
    return new Boxes(values);
  }

  @Test
  void matchesLabelsAndSamplesAreTheReferences() {
    Boxes anchors = TRAIN.boxes("anchors");
    int count = anchors.size();
    int[] positives = TRAIN.ints("rpn_pos_idx");
    int[] negatives = TRAIN.ints("rpn_neg_idx");
    float[] deltas = TRAIN.floats("rpn_pos_targets");
    int positiveRow = 0;
    int negativeRow = 0;
    for (int image = 0; image < 2; image++) {
      Boxes objects = TRAIN.boxes("in" + image + "/boxes_resized");
      int[] matched = Matcher.forProposals(PROFILE).match(objects, anchors);
      assertThat(matched)
          .containsExactly(
              Arrays.copyOfRange(TRAIN.ints("rpn_matched"), image * count, (image + 1) * count));
      float[] labels = new float[count];
      for (int i = 0; i < count; i++) {
        labels[i] = matched[i] >= 0 ? 1 : matched[i] == Matcher.BACKGROUND ? 0 : -1;
      }
      assertThat(labels)
          .containsExactly(
              Arrays.copyOfRange(TRAIN.floats("rpn_labels"), image * count, (image + 1) * count));

      Sample sample =
          targets(PROFILE, new Sampling.First()).sample(anchors, all(anchors), objects, 0, image);
      assertThat(sample.positives() + sample.negatives()).isEqualTo(SAMPLES);
      for (int i = 0; i < SAMPLES; i++) {
        boolean positive = i < sample.positives();
        int expected = positive ? positives[positiveRow++] : negatives[negativeRow++];
        assertThat(image * count + sample.anchors()[i]).isEqualTo(expected);
        assertThat(sample.labels()[i]).isEqualTo(positive ? 1 : 0);
        assertThat(sample.weights()[i]).isEqualTo(1);
      }
      int used = 4 * (positiveRow - sample.positives());
      assertClose(
          Arrays.copyOf(sample.deltas(), 4 * sample.positives()),
          Arrays.copyOfRange(deltas, used, 4 * positiveRow),
          OPS);
      assertThat(Arrays.copyOfRange(sample.deltas(), 4 * sample.positives(), 4 * SAMPLES))
          .containsOnly(0);
    }
    assertThat(positiveRow).isEqualTo(positives.length);
    assertThat(negativeRow).isEqualTo(negatives.length);
  }

  @Test
  void unusableAnchorsAreNeitherSampledNorMatched() {
    Boxes anchors = grid(6);
    Boxes objects = new Boxes(new float[] {0, 0, 16, 16});
    boolean[] usable = all(anchors);
    usable[0] = false;
    Sample sample =
        targets(DetectorProfile.mmdetection(), new Sampling.First())
            .sample(anchors, usable, objects, 0, 0);
    assertThat(sample.anchors()).startsWith(1, 6);
    assertThat(sample.positives()).as("the best of the usable anchors").isEqualTo(2);
    assertThat(sample.positives() + sample.negatives()).isEqualTo(35);
    int[] chosen = Arrays.copyOf(sample.anchors(), 35);
    assertThat(chosen).doesNotContain(0).doesNotHaveDuplicates();
  }

  @Test
  void paddingWeighsNothing() {
    Boxes anchors = grid(4);
    Sample sample =
        targets(PROFILE, new Sampling.Random(1)).sample(anchors, all(anchors), NONE, 0, 0);
    assertThat(sample.positives()).isZero();
    assertThat(sample.negatives()).isEqualTo(16);
    assertThat(sample.anchors()).hasSize(SAMPLES).startsWith(0, 1, 2, 3);
    for (int i = 0; i < SAMPLES; i++) {
      assertThat(sample.weights()[i]).isEqualTo(i < 16 ? 1 : 0);
    }
    assertThat(sample.deltas()).containsOnly(0);
  }

  @Test
  void atMostHalfHaveAnObjectAmongManyObjects() {
    Boxes anchors = grid(20);
    long seed = 3;
    Random random = new Random(seed);
    float[] objects = new float[4 * 150];
    for (int i = 0; i < 150; i++) {
      objects[4 * i] = 140 * random.nextFloat();
      objects[4 * i + 1] = 140 * random.nextFloat();
      objects[4 * i + 2] = objects[4 * i] + 16;
      objects[4 * i + 3] = objects[4 * i + 1] + 16;
    }
    Sample sample =
        targets(DetectorProfile.mmdetection(), new Sampling.Random(seed))
            .sample(anchors, all(anchors), new Boxes(objects), 0, 0);
    assertThat(sample.positives()).as("seed %s", seed).isEqualTo(SAMPLES / 2);
    assertThat(Arrays.copyOf(sample.anchors(), sample.positives())).isSorted();
    assertThat(sample.anchors()).doesNotHaveDuplicates();
  }

  @Test
  void anObjectOfOnePixelHasAnAnchorWithoutFloorOnly() {
    Boxes anchors = grid(6);
    Boxes pixel = new Boxes(new float[] {20, 20, 21, 21});
    Sampling first = new Sampling.First();
    Sample restored = targets(PROFILE, first).sample(anchors, all(anchors), pixel, 0, 0);
    assertThat(restored.positives()).isEqualTo(4);
    assertThat(restored.deltas()[2]).isCloseTo((float) Math.log(1 / 16.0), within(1e-6f));
    Sample floored =
        targets(DetectorProfile.mmdetection(), first).sample(anchors, all(anchors), pixel, 0, 0);
    assertThat(floored.positives()).isZero();
  }

  @Test
  void objectsWithoutAreaAreLeftOut() {
    Boxes anchors = grid(6);
    Boxes objects = new Boxes(new float[] {9, 9, 9, 12, 8, 8, 24, 24});
    for (DetectorProfile profile : new DetectorProfile[] {PROFILE, DetectorProfile.mmdetection()}) {
      Sample sample =
          targets(profile, new Sampling.First()).sample(anchors, all(anchors), objects, 0, 0);
      assertThat(sample.positives()).isEqualTo(1);
      assertThat(sample.anchors()).startsWith(7);
      assertThat(sample.deltas()).containsOnly(0);
    }
  }

  @Test
  void aRandomSampleDependsOnItsKeysOnly() {
    Boxes anchors = grid(20);
    RpnTargets targets = targets(PROFILE, new Sampling.Random(5));
    int[] sample = targets.sample(anchors, all(anchors), NONE, 7, 2).anchors();
    assertThat(targets.sample(anchors, all(anchors), NONE, 7, 2).anchors()).containsExactly(sample);
    assertThat(targets.sample(anchors, all(anchors), NONE, 8, 2).anchors()).isNotEqualTo(sample);
    assertThat(targets.sample(anchors, all(anchors), NONE, 7, 3).anchors()).isNotEqualTo(sample);
    RpnTargets other = targets(PROFILE, new Sampling.Random(6));
    assertThat(other.sample(anchors, all(anchors), NONE, 7, 2).anchors()).isNotEqualTo(sample);
  }

  @Test
  void everyCandidateIsEquallyLikely() {
    int[] candidates = IntStream.range(0, 10).toArray();
    int[] chosen = new int[10];
    int draws = 4000;
    for (int step = 0; step < draws; step++) {
      for (int i : new Sampling.Random(11).choose(candidates, 3, "test", step, 0)) {
        chosen[i]++;
      }
    }
    double deviation = Math.sqrt(draws * 0.3 * 0.7);
    for (int count : chosen) {
      assertThat((double) count).isCloseTo(0.3 * draws, within(4 * deviation));
    }
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(
            () ->
                targets(PROFILE, new Sampling.First()).sample(grid(2), new boolean[3], NONE, 0, 0))
        .hasMessageContaining("3 flags of 4 anchors");
    assertThatThrownBy(() -> new SampleSize(0, 0.5)).hasMessageContaining("found 0 and 0.5");
    assertThatThrownBy(() -> new SampleSize(8, 1.5)).hasMessageContaining("found 8 and 1.5");
  }
}
