package io.github.tfkfac.tools.detect;

import io.github.tfkfac.Schedule;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.util.List;
import java.util.Optional;

/**
 * Default hyper-parameters of optimizers on detectors, and the learning rate's schedule.
 *
 * <p>The published recipes train by SGD with a rate of 0.02 for 16 images and a decay of 1e-4. For
 * NKFAC nothing is published; on the classification tasks its rate is half of SGD's and its decay
 * twice as much, which is assumed here as well. The small detector's images are so small that whole
 * factors of its widest convolutions (order 4,608) would take most of a step: they become blocks.
 */
final class DetectorRates {

  private static final double WARM_UP_START = 1e-3;
  private static final double DROP = 0.1;

  private DetectorRates() {}

  /** Linear warm-up, then the rate that goes with the batch, a tenth of it after each drop. */
  static Schedule schedule(DetectionSettings settings) {
    double images = (double) settings.batch() * settings.optimizer().accumulation();
    Schedule dropping =
        Schedule.milestones(
            settings.optimizer().learningRate() * images / settings.rateBatch(),
            DROP,
            settings.drops().stream()
                .map(part -> Math.max(1, Math.round(part * settings.steps())))
                .distinct() // drops of a very short run may meet
                .toList());
    return settings.warmUpSteps() == 0
        ? dropping
        : dropping.withWarmUp(settings.warmUpSteps(), WARM_UP_START);
  }

  /** Settings of the optimizers with their defaults on detectors. */
  static List<Setting<?>> defaults() {
    return List.of(
        OptimizerSettings.LEARNING_RATE.orDefaultsTo(known -> either(known, 0.02, 0.01)),
        OptimizerSettings.WEIGHT_DECAY.orDefaultsTo(known -> either(known, 1e-4, 2e-4)),
        OptimizerSettings.CLIP_NORM.orDefaultsTo(
            known -> DetectionSettings.isSmall(known) ? Optional.of(10.0) : Optional.empty()),
        OptimizerSettings.STATISTICS_PERIOD.orDefaultsTo(known -> ofSmall(known, 10L)),
        OptimizerSettings.INVERSE_PERIOD.orDefaultsTo(known -> ofSmall(known, 50L)),
        OptimizerSettings.MAX_FACTOR.orDefaultsTo(known -> ofSmall(known, 1152)));
  }

  private static Optional<Double> either(Settings known, double ofSgd, double ofNkfac) {
    String optimizer = known.get(OptimizerSettings.OPTIMIZER);
    if (optimizer.equals("sgdm") || optimizer.equals("nesterov")) {
      return Optional.of(ofSgd);
    }
    return optimizer.equals("nkfac") || optimizer.endsWith("-star")
        ? Optional.of(ofNkfac)
        : Optional.empty();
  }

  private static <V> Optional<V> ofSmall(Settings known, V value) {
    return known.get(OptimizerSettings.OPTIMIZER).equals("nkfac")
            && DetectionSettings.isSmall(known)
        ? Optional.of(value)
        : Optional.empty();
  }
}
