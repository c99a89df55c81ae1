package io.github.tfkfac.detection.train;

import io.github.tfkfac.Schedule;
import java.util.List;

/**
 * The learning rate of detectors: proportional to the number of images per step, a linear warm-up,
 * and drops after some epochs.
 *
 * <p>Source: Goyal et al. 2017 (proportionality, warm-up); MMDetection's schedule_1x.
 *
 * @param rate for {@value #REFERENCE_IMAGES} images per step
 * @param warmUpSteps steps of the warm-up
 * @param warmUpStart share of the rate at step 0, between 0 and 1
 * @param dropEpochs after how many epochs the rate drops, ascending
 * @param dropFactor multiplier at each drop
 */
public record DetectionLearningRate(
    double rate,
    long warmUpSteps,
    double warmUpStart,
    List<Integer> dropEpochs,
    double dropFactor) {

  /** Images per step that rates are stated for. */
  public static final int REFERENCE_IMAGES = 16;

  /** SGD's rate in the published recipes. */
  public static final double SGD = 0.02;

  private static final int WARM_UP_STEPS = 500;
  private static final double WARM_UP_START = 1e-3;
  private static final double DROP_FACTOR = 0.1;
  private static final List<Integer> DROP_EPOCHS = List.of(8, 11);

  public DetectionLearningRate {
    dropEpochs = List.copyOf(dropEpochs);
    if (!(rate > 0) || !Double.isFinite(rate)) {
      throw new IllegalArgumentException("expected a learning rate > 0, found " + rate);
    }
    if (warmUpSteps < 0) {
      throw new IllegalArgumentException("expected a warm-up of >= 0 steps, found " + warmUpSteps);
    }
    if (dropEpochs.stream().anyMatch(epoch -> epoch < 1)) {
      throw new IllegalArgumentException(
          "expected drops of the learning rate after at least 1 epoch, found " + dropEpochs);
    }
  }

  /** The published 12 epochs: 500 steps of warm-up from a thousandth, drops after 8 and 11. */
  public static DetectionLearningRate published(double rate) {
    return new DetectionLearningRate(rate, WARM_UP_STEPS, WARM_UP_START, DROP_EPOCHS, DROP_FACTOR);
  }

  /** The same with another number of steps over which the rate rises. */
  public DetectionLearningRate withWarmUp(long steps) {
    return new DetectionLearningRate(rate, steps, warmUpStart, dropEpochs, dropFactor);
  }

  /** The same with other epochs after which the rate falls. */
  public DetectionLearningRate withDropEpochs(List<Integer> epochs) {
    return new DetectionLearningRate(rate, warmUpSteps, warmUpStart, epochs, dropFactor);
  }

  /** The rate between warm-up and first drop for steps of that many images. */
  public double scaled(int imagesPerStep) {
    if (imagesPerStep < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 image per step, found " + imagesPerStep);
    }
    return rate * imagesPerStep / REFERENCE_IMAGES;
  }

  /**
   * The rate as a function of the step.
   *
   * @param imagesPerStep images of a step, of all its batches
   * @param stepsPerEpoch steps of an epoch
   */
  public Schedule schedule(int imagesPerStep, long stepsPerEpoch) {
    Schedule dropping =
        Schedule.milestones(
            scaled(imagesPerStep),
            dropFactor,
            dropEpochs.stream().map(epochs -> epochs * stepsPerEpoch).toList());
    return warmUpSteps == 0 ? dropping : dropping.withWarmUp(warmUpSteps, warmUpStart);
  }
}
